"""The demo's cities and its three invented groups."""

from __future__ import annotations

from organizer.groups.rules import CityDetails, GroupDetails

LOS_ANGELES, BERLIN, TBILISI = "America/Los_Angeles", "Europe/Berlin", "Asia/Tbilisi"

CITIES = (
    CityDetails("Oakland", "US", "California"),
    CityDetails("San Francisco", "US", "California"),
    CityDetails("Berlin", "DE"),
    CityDetails("Tbilisi", "GE"),
)

# Of a group, the city is given by its name here.
GROUPS = (
    GroupDetails(
        name="East Bay Letters",
        about="A folding table, a thermos and a stack of envelopes. We write to people who are in prison for saying "
        "no to a war, and we tell our neighbours about them.",
        contact="table@eastbayletters.example",
        city_id="Oakland",
        zone=LOS_ANGELES,
        language="en",
    ),
    GroupDetails(
        name="Across the Bridge",
        about="People of many passports around the San Francisco Bay who stand with Ukraine and with everyone who is "
        "locked up for standing with it.",
        contact="hello@acrossthebridge.example",
        city_id="San Francisco",
        zone=LOS_ANGELES,
        language="en",
    ),
    GroupDetails(
        name="Lanterns",
        about="We light a lantern for each letter sent. At home in Berlin, often in Tbilisi.",
        contact="lanterns@lanterns.example",
        city_id="Berlin",
        zone=BERLIN,
        language="en",
    ),
)
