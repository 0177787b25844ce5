"""From demo to real: what is left, what is made, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from organizer.accounts.models import Account
from organizer.db import db
from organizer.errors import RuleError
from organizer.groups.models import City
from organizer.keeping import starting
from organizer.keeping.demo import filling, handing_out, state
from organizer.keeping.starting import Beginning
from tests.factories import Person

TABLE = Beginning("Mesa del Puerto", "Valparaíso", "", "cl", "America/Santiago", "es", " Luz  María ")


def test_an_untouched_site_is_started(app: Flask) -> None:
    starting.begin(TABLE)
    assert db.session.scalars(select(Account.name)).one() == "luz maría"
    city = db.session.scalars(select(City)).one()
    assert (city.name, city.country, city.slug) == ("Valparaíso", "CL", "valparaiso-cl")
    assert not state.is_untouched()


def test_a_name_in_another_script_still_gives_addresses(app: Flask) -> None:
    starting.begin(replace(TABLE, group="Ліхтарі", city="Львів", country="UA", zone="Europe/Kyiv", language="uk"))
    city = db.session.scalars(select(City)).one()
    assert city.slug.endswith("-ua")


def test_a_site_is_started_once(app: Flask) -> None:
    starting.begin(TABLE)
    with pytest.raises(starting.RealSite):
        starting.begin(TABLE)


def test_a_real_site_is_not_emptied_even_where_a_demo_s_password_lies_about(organizer: Person) -> None:
    state.new_password()
    with pytest.raises(starting.RealSite):
        starting.begin(TABLE)
    assert db.session.get(Account, organizer.account_id)


@pytest.fixture
def demo(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo without leaflets, whose rebuilding takes seconds."""
    monkeypatch.setattr(handing_out, "LEAFLETS", ())
    filling.fill()


def test_what_cannot_be_is_refused_before_anything_is_emptied(demo: None) -> None:
    with pytest.raises(RuleError):
        starting.begin(replace(TABLE, zone="Mars/Olympus"))
    assert state.is_filled()


def test_the_demo_s_sign_in_is_gone_with_it(demo: None) -> None:
    starting.begin(TABLE)
    assert not state.is_demo()
    assert not state.is_shown()
    assert filling.sign_in_password() is None
