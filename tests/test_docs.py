"""The docs name every setting, command and route, and their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask

from organizer import cli, config
from organizer.keeping.demo.past import PAST
from organizer.keeping.demo.upcoming import UPCOMING
from tests.world import path_of

ROOT = Path(__file__).resolve().parent.parent
OPERATING = (ROOT / "docs" / "operating.md").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def _column(heading: str) -> set[str]:
    """What stands as code in the first columns of the tables under a heading."""
    section = OPERATING.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    firsts = (line.split("|")[1] for line in section.splitlines() if line.startswith("| `"))
    return {code for first in firsts for code in re.findall(r"`([^`]+)`", first)}


def test_every_setting_is_explained_and_no_other() -> None:
    settings = {f"{config.PREFIX}{name.upper()}" for name in config.Config.__dataclass_fields__}
    assert _column("Settings") == settings


def test_the_defaults_are_those_that_are_told() -> None:
    found = config.load_config({})
    lines = [line.split("|") for line in OPERATING.splitlines() if line.startswith(f"| `{config.PREFIX}")]
    told = {cells[1].strip(" `"): cells[2].strip() for cells in lines}
    numbers = ("threads", "answers_per_minute", "form_age_seconds", "proxy_count", "leaflet_megabytes")
    for name in (*numbers, "worker", "default_language"):
        assert told[f"{config.PREFIX}{name.upper()}"] == f"`{getattr(found, name)}`"
    assert told["ORGANIZER_SITE_URL"] == f"`{found.site_url}`"


def test_every_command_is_explained_and_no_other() -> None:
    commands = {f"flask {command.name}" for command in cli.COMMANDS}
    assert {name.removesuffix(" NAME") for name in _column("Commands")} == commands


def test_every_route_is_named_and_no_other(app: Flask) -> None:
    assert sorted(_column("Routes") ^ {path_of(rule) for rule in app.url_map.iter_rules()}) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_to_files_and_headings_that_are_there(page: Path) -> None:
    text = re.sub(r"^ {4}.*$", "", page.read_text(), flags=re.MULTILINE)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / unquote(path)).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in _anchors(target.read_text()), link


def _anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_files_that_are_named_are_there(page: Path) -> None:
    """What stands as code and looks like a path of ours."""
    named = re.findall(r"`((?:organizer|tests|docs|deploy|migrations|templates|static)/[\w./-]+)`", page.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_readme_names_what_stands_on_the_pages() -> None:
    """What it sets in italics in the first ten minutes is a label of ours or an action of the demo."""
    walk = (ROOT / "README.md").read_text().partition("## The first ten minutes")[2].partition("\n## ")[0]
    named = {" ".join(words.split()) for words in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", walk)}
    templates = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    titles = {scene.title for scene in (*PAST, *UPCOMING)}
    assert len(named) > 10
    assert [name for name in sorted(named) if f'_("{name}")' not in templates and name not in titles] == []
