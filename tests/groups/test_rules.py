"""What a group and a city must be, and where they are found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from organizer.errors import RuleError
from organizer.groups import countries
from organizer.groups.rules import (
    CityDetails,
    GroupDetails,
    check_city,
    check_group,
    check_owner_stays,
    city_slug,
    group_slug,
)

GROUP = GroupDetails("East Bay Solidarity", "America/Los_Angeles", "en", "c" * 26)
ID = "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("city", "slug"),
    [
        (CityDetails("Oakland", "US", "California"), "oakland-california-us"),
        (CityDetails("Oakland", "US", "CA"), "oakland-ca-us"),
        (CityDetails("São Paulo", "BR"), "sao-paulo-br"),
        (CityDetails("Київ", "UA"), "city-abcdef-ua"),
        (CityDetails("Київ", "UA", "Kyiv"), "city-abcdef-ua"),
    ],
)
def test_a_citys_address_is_its_name_region_and_country(city: CityDetails, slug: str) -> None:
    assert city_slug(city, ID) == slug


def test_a_citys_address_fits_its_column() -> None:
    assert len(city_slug(CityDetails("n" * 80, "US", "r" * 80), ID)) <= 80


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("East Bay Solidarity", "east-bay-solidarity"),
        ("Taken", "taken-abcdef"),
        ("New", "new-abcdef"),
        ("Солідарність", "group-abcdef"),
    ],
)
def test_a_groups_address_comes_from_its_name(name: str, slug: str) -> None:
    assert group_slug(name, ID, ["taken"]) == slug


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "n" * 121),
        ("about", "a" * 100_000),
        ("contact", "c" * 201),
        ("zone", "Mars/Olympus"),
        ("zone", "../../etc/passwd"),
        ("zone", ""),
    ],
)
def test_what_no_group_can_have_is_refused_at_its_field(field: str, value: str) -> None:
    with pytest.raises(RuleError) as refused:
        check_group(replace(GROUP, **{field: value}))
    assert refused.value.field == field


@pytest.mark.parametrize(("field", "value"), [("name", ""), ("name", "n" * 81), ("region", "r" * 81)])
def test_what_is_no_city_is_refused_at_its_field(field: str, value: str) -> None:
    with pytest.raises(RuleError) as refused:
        check_city(replace(CityDetails("Oakland", "US"), **{field: value}))
    assert refused.value.field == field


def test_the_last_owner_stays() -> None:
    check_owner_stays(["ana", "ben"], "ana")
    with pytest.raises(RuleError, match="needs an owner"):
        check_owner_stays(["ana"], "ana")


def test_countries_are_those_of_iso_3166_by_their_names_in_the_readers_language() -> None:
    codes = countries.codes()
    assert {"US", "UA", "IR", "TW", "PS", "XK"} <= codes
    assert not codes & {"EU", "UN", "ZZ", "XA", "001", "419"}
    assert 240 <= len(codes) <= 255
    assert dict(countries.choices("uk"))["UA"] == "Україна"


def test_an_accent_does_not_send_a_country_to_the_end() -> None:
    names = [name for _, name in countries.choices("en")]
    assert names.index("Åland Islands") < names.index("Albania")
