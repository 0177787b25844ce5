"""From demo to real: an empty site with its first group and its owner."""

from __future__ import annotations

from dataclasses import dataclass

from organizer import audit, clock, languages, outbox, vault
from organizer.accounts import passwords
from organizer.accounts.models import add_account, add_password_link
from organizer.accounts.rules import account_name
from organizer.db import db, new_id, writing
from organizer.errors import OrganizerError, RuleError
from organizer.groups import countries
from organizer.groups.models import City, Group, Membership
from organizer.groups.rules import CityDetails, GroupDetails, check_city, check_group, city_slug, group_slug
from organizer.keeping.demo import emptying, state
from organizer.outbox import Fact
from organizer.policy import Role


class RealSite(OrganizerError):
    """Real people have begun here, so nothing is emptied."""


@dataclass(frozen=True)
class Beginning:
    """What `flask start` asks: the group, where it is at home, and the name of its owner's account."""

    group: str
    city: str
    region: str
    country: str
    zone: str
    language: str
    name: str

    @property
    def city_details(self) -> CityDetails:
        return CityDetails(self.city.strip(), self.country.strip().upper(), self.region.strip())

    def group_details(self, city_id: str) -> GroupDetails:
        return GroupDetails(self.group.strip(), self.zone.strip(), self.language.strip(), city_id)


def check_startable() -> None:
    """Raise RealSite unless the database is untouched or holds the demo."""
    if not state.is_untouched() and not state.is_demo():
        raise RealSite("This is a real site already. To add a group or a person, sign in as an owner.")


def check(beginning: Beginning) -> None:
    """Raise RuleError for what cannot be."""
    account_name(beginning.name)
    check_city(beginning.city_details)
    check_group(beginning.group_details(city_id=""))
    if beginning.city_details.country not in countries.codes():
        raise RuleError("Give the country's code of two letters, like US or DE.")
    if beginning.language.strip() not in languages.WRITTEN:
        raise RuleError("Give the code of a language that the site knows, like en or uk.")


def begin(beginning: Beginning) -> str:
    """Empty the demo if it is there, make group and owner, and return the token of her one-use password link.

    Raises RealSite, and RuleError for what cannot be; then nothing has been emptied.
    """
    check_startable()
    check(beginning)
    if state.is_demo():
        emptying.empty()
    password_hash = passwords.hashed(vault.new_token())
    with writing():
        owner = add_account(account_name(beginning.name), password_hash, is_operator=True)
        group = _add_group(beginning)
        db.session.add(Membership(group_id=group.id, account_id=owner.id, role=Role.OWNER))
        token = add_password_link(owner)
        audit.write(None, "group.founded", group.id)
        outbox.commit(Fact("group.founded", group.id))
    state.forget_password()
    return token


def _add_group(beginning: Beginning) -> Group:
    city = City(id=new_id(), **vars(beginning.city_details))
    city.slug = city_slug(beginning.city_details, city.id)
    group = Group(id=new_id(), created_on=clock.today())
    group.take(beginning.group_details(city.id))
    group.slug = group_slug(group.name, group.id, taken=())
    db.session.add(city)
    db.session.flush()
    db.session.add(group)
    db.session.flush()
    return group
