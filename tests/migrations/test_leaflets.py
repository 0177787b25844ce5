"""Leaflets on the way down, for a version that knows one version of each, fewer files and other keys."""

from __future__ import annotations

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from organizer.db import db
from tests.migrations.filling import FIRST_DAY, add, fill, rows

FILES = {("file", ""), ("large", ""), ("small", "")}
PRINTS = {("screen", ""), ("grey", ""), ("two_up", "a4"), ("two_up", "letter"), ("four_up", "a4")}


def leaflet(leaflet_id: str, *states: str) -> None:
    """A leaflet, and a version of it for each state with its files; "withdrawn unseen" was never public."""
    add("leaflet", id=leaflet_id)
    for number, state in enumerate(states, 1):
        was_seen = state in ("published", "replaced", "withdrawn")
        add(
            "leaflet_version",
            id=f"{leaflet_id} {number}",
            leaflet_id=leaflet_id,
            number=number,
            state=state.partition(" ")[0],
            published_at=FIRST_DAY if was_seen else None,
        )
        for purpose, paper in FILES | PRINTS:
            add("rendition", version_id=f"{leaflet_id} {number}", purpose=purpose, paper=paper, page=0)


def versions(leaflet_id: str) -> list[int]:
    return sorted(row["number"] for row in rows()["leaflet_version"] if row["leaflet_id"] == leaflet_id)


def files(version_id: str) -> list[str]:
    return sorted(row["purpose"] for row in rows()["rendition"] if row["version_id"] == version_id)


def test_on_the_way_down_the_latest_version_is_the_one_that_everyone_sees(app: Flask) -> None:
    upgrade()
    fill()
    leaflet("waits", "ready")
    leaflet("published", "replaced", "published")
    leaflet("renewed", "published", "uploaded")
    leaflet("thrown away", "published", "withdrawn unseen")
    leaflet("of many", "withdrawn", "replaced", "withdrawn unseen", "published", "refused")
    leaflet("withdrawn", "withdrawn", "withdrawn", "withdrawn unseen")
    leaflet("never seen", "withdrawn unseen")
    downgrade(revision="0008")
    assert versions("waits") == [1]
    assert versions("published") == [2]
    assert versions("renewed") == [1]
    assert versions("thrown away") == [1]
    assert versions("of many") == [4]
    assert versions("withdrawn") == [1, 2]
    assert versions("never seen") == [1]


def test_on_the_way_down_go_the_files_that_only_the_later_version_knows(app: Flask) -> None:
    upgrade()
    fill()
    leaflet("renewed", "published", "ready")
    for fact in ("leaflet.rebuilt", "leaflet.uploaded"):
        add("outbox", fact=fact, subject_id="renewed 1")
    downgrade(revision="0008")
    assert files("renewed 1") == ["file", "large", "small"]
    assert files("renewed 2") == []
    owed = [row["fact"] for row in rows()["outbox"] if row["subject_id"] == "renewed 1"]
    assert owed == ["leaflet.uploaded"]
    upgrade()
    assert files("renewed 1") == ["file", "large", "small"]


def test_names_that_the_other_version_has_sealed_are_emptied_both_ways(app: Flask) -> None:
    upgrade(revision="0010")
    fill()

    def names() -> list[bytes | None]:
        return [row["brought_by"] for row in rows()["event_leaflet"]]

    def counts() -> list[int | None]:
        return [row["printed"] for row in rows()["event_leaflet"]]

    before = counts()
    assert any(names())
    upgrade(revision="0011")
    assert not any(names())
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE event_leaflet SET brought_by = :sealed"), {"sealed": b"sealed"})
    downgrade(revision="0010")
    assert not any(names())
    assert sorted(map(str, counts())) == sorted(map(str, before))
