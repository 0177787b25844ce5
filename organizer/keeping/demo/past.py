"""The two past actions. What is said of them here is what is known of them; no number is made up."""

from __future__ import annotations

from datetime import date, time

from organizer.events.rules import Kind
from organizer.keeping.demo.groups import LOS_ANGELES
from organizer.keeping.demo.scenes import Scene, reported

OAKLAND = Scene(
    group="East Bay Letters",
    city="Oakland",
    zone=LOS_ANGELES,
    on=date(2023, 1, 21),
    starts=time(10),
    ends=time(13),
    kind=Kind.LEAFLETING,
    title="Leaflets for Russia's political prisoners",
    what_for="We hand out leaflets at the farmers' market and talk with whoever stops, in solidarity with political "
    "prisoners in Russia who oppose the war.",
    place="At a farmers' market",
    more={
        "occasion": "19 January, day of solidarity with Russian dissidents",
        "tags": ("leaflets", "political prisoners"),
        "photo_rule": "No faces without asking.",
    },
    life=(
        reported(
            "A handful of us stood between the stalls, handed out leaflets and talked with shoppers about people in "
            "Russia who are in prison because they oppose the war.\n\n"
            "Afterwards several of us wrote down why we had come. Some signed, some did not."
        ),
    ),
)

SAN_FRANCISCO = Scene(
    group="Across the Bridge",
    city="San Francisco",
    zone=LOS_ANGELES,
    on=date(2023, 2, 26),
    kind=Kind.RALLY,
    title="Rally on the first anniversary of the full-scale invasion",
    what_for="One year after the full-scale invasion of Ukraine we stand together: Ukrainians, and everyone who is "
    "on their side.",
    place="In the streets of the city",
    more={
        "occasion": "First anniversary of the full-scale invasion of Ukraine",
        "tags": ("Ukraine", "political prisoners"),
        "photo_rule": "No faces without asking.",
    },
    life=(
        reported(
            "Hundreds gathered: Ukrainians with Iranians, Belarusians, Chinese, Buryats and Russian dissidents. "
            "One carried the portrait of a prisoner."
        ),
    ),
)

PAST = (OAKLAND, SAN_FRANCISCO)
