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


def owed() -> set[tuple[str, str]]:
    """What of leaflets is owed: the fact, and the last word of its handler."""
    found = rows()["outbox"]
    return {(row["fact"], row["handler"].rpartition(".")[2]) for row in found if row["subject_id"] == "renewed 1"}


def test_on_the_way_down_nothing_is_owed_that_nobody_knows(app: Flask) -> None:
    upgrade()
    fill()
    leaflet("renewed", "uploaded")
    leaflet("sent in", "uploaded")
    with db.engine.begin() as connection:
        told = {"key": "leaflets/a", "seal": b"sealed"}
        sent = "UPDATE leaflet_version SET original_key = :key, original_seal = :seal WHERE leaflet_id = 'sent in'"
        connection.execute(text(sent), told)
    for handler in ("leaflets.rendering.make_pages", "leaflets.rendering.make_grey", "keeping.jobs.wipe_taken_back"):
        add("outbox", fact="leaflet.rebuilt", subject_id="renewed 1", handler=f"organizer.{handler}")
    for fact, handler in (
        ("leaflet.made", "posters.jobs.set_pages"),
        ("leaflet.flattened", "leaflets.jobs.rebuild"),
        ("event.deleted", "keeping.jobs.destroy_key"),
        ("event.deleted", "leaflets.jobs.withdraw_unused"),
        ("leaflet.withdrawn", "leaflets.jobs.sweep"),
    ):
        add("outbox", fact=fact, subject_id="renewed 1", handler=f"organizer.{handler}")
    downgrade(revision="0009")
    assert owed() == {
        ("leaflet.rebuilt", "make_grey"),
        ("leaflet.made", "set_pages"),
        ("leaflet.flattened", "rebuild"),
        ("event.deleted", "withdraw_unused"),
        ("leaflet.withdrawn", "sweep"),
    }
    downgrade(revision="0008")
    assert owed() == {("event.deleted", "withdraw_unused"), ("leaflet.withdrawn", "sweep")}
    states = {row["leaflet_id"]: row["state"] for row in rows()["leaflet_version"]}
    assert (states["renewed"], states["sent in"]) == ("refused", "uploaded")


def test_what_is_to_be_set_is_owed_under_its_new_name(app: Flask) -> None:
    upgrade(revision="0009")
    add("outbox", fact="leaflet.made", subject_id="made", handler="organizer.leaflets.made_jobs.set_pages")
    upgrade()
    assert [row["handler"] for row in rows()["outbox"]] == ["organizer.posters.jobs.set_pages"]


def test_files_and_pictures_of_pages_that_were_never_asked_for_will_be(app: Flask) -> None:
    upgrade(revision="0009")
    fill()
    for name, pages in (("short", 2), ("long", 9)):
        leaflet(name, "published")
        with db.engine.begin() as connection:
            connection.execute(text(f"UPDATE leaflet_version SET pages = {pages} WHERE leaflet_id = '{name}'"))
    add("leaflet", id="bare")
    add("leaflet_version", id="bare 1", leaflet_id="bare", number=1, state="published", published_at=FIRST_DAY)
    upgrade()
    asked = {row["leaflet_id"]: row["has_prints"] for row in rows()["leaflet_version"]}
    assert (asked["short"], asked["long"], asked["bare"]) == (True, False, False)
