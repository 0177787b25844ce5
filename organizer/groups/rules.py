"""What a group, a city and a membership must be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from zoneinfo import available_timezones

from organizer.errors import RuleError

LONGEST_NAME, LONGEST_ABOUT, LONGEST_CONTACT = 120, 2000, 200
LONGEST_PLACE_NAME = 80
INVITATION_LASTS = timedelta(days=14)
RESERVED_SLUGS = frozenset({"new"})


@dataclass(frozen=True)
class GroupDetails:
    """A group, and what its events start from: `zone` (IANA), `language`, city, public `contact`."""

    name: str
    zone: str
    language: str
    city_id: str
    about: str = ""
    contact: str = ""


@dataclass(frozen=True)
class CityDetails:
    """A city; `region` (state, province) may be empty, `country` is its ISO 3166 code like US."""

    name: str
    country: str
    region: str = ""


def check_group(details: GroupDetails) -> None:
    """Raise RuleError, with its field, for details that no group can have. That the city exists is not looked at."""
    _check_length(details.name, "name", LONGEST_NAME)
    _check_length(details.about, "about", LONGEST_ABOUT, is_needed=False)
    _check_length(details.contact, "contact", LONGEST_CONTACT, is_needed=False)
    if details.zone not in known_zones():
        raise RuleError("Choose a time zone from the list.", field="zone")


def check_city(details: CityDetails) -> None:
    """Raise RuleError, with its field, for what is no city. That the country exists is not looked at."""
    _check_length(details.name, "name", LONGEST_PLACE_NAME)
    _check_length(details.region, "region", LONGEST_PLACE_NAME, is_needed=False)


def check_owner_stays(owner_ids: Iterable[str], leaving_id: str) -> None:
    """Raise RuleError when nobody would be left who may decide about the group."""
    if set(owner_ids) == {leaving_id}:
        raise RuleError("A group needs an owner. Make somebody else an owner first.")


def group_slug(name: str, group_id: str, taken: Iterable[str]) -> str:
    """The group's address, from its name; with a piece of its id where that is taken, reserved or has no letters."""
    stem = slug_of(name)
    if stem and stem not in RESERVED_SLUGS and stem not in taken:
        return stem
    return f"{stem or 'group'}-{group_id[:6]}"


def city_slug(details: CityDetails, city_id: str) -> str:
    """The city's address, like oakland-california-us."""
    country = details.country.lower()
    if not slug_of(details.name):
        return f"city-{city_id[:6]}-{country}"
    return f"{slug_of(details.name, details.region)}-{country}"


def slug_of(*parts: str) -> str:
    """Lower-case ASCII words joined by hyphens, at most 60 characters; empty when nothing is left."""
    ascii_text = unicodedata.normalize("NFKD", " ".join(parts)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text)[:60].strip("-")


@cache
def known_zones() -> frozenset[str]:
    return frozenset(zone for zone in available_timezones() if "/" in zone or zone == "UTC")


def _check_length(value: str, field: str, most: int, *, is_needed: bool = True) -> None:
    if is_needed and not value:
        raise RuleError("Give a name.", field=field)
    if len(value) > most:
        raise RuleError("Use %(most)d characters at most.", field=field, most=most)
