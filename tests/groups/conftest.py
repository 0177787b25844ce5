"""An owner, and a member of her group."""

from __future__ import annotations

import pytest
from flask import Flask

from organizer.policy import Role
from tests import factories
from tests.factories import Person


@pytest.fixture
def owner(app: Flask) -> Person:
    return factories.person(app, Role.OWNER)


@pytest.fixture
def member(app: Flask, owner: Person) -> Person:
    return factories.person(app, Role.MEMBER, owner.group)
