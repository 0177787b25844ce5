"""Every language that is offered is complete, true to its placeholders, and compiled."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from organizer import languages

FOLDER = Path(__file__).parents[1] / "translations"
TRANSLATED = [code for code in languages.INTERFACE if code != "en"]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")


def _catalog(code: str) -> Catalog:
    with (FOLDER / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=code)


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str | None) else tuple(text)


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the code and the templates say now."""
    found = tmp_path_factory.mktemp("words") / "messages.pot"
    extract = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "babel.cfg"]
    options = ["-k", "RuleError", "-k", "TooMany", "--ignore-dirs", ".* __pycache__", "-o", str(found), "."]
    subprocess.run([*extract, *options], cwd=FOLDER.parent, check=True, timeout=60)
    with found.open("rb") as file:
        return read_po(file)


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_language_that_is_offered_is_complete(code: str, wanted: Catalog) -> None:
    catalog = _catalog(code)
    missing = []
    for message in wanted:
        if not message.id:
            continue
        found = catalog.get(message.id)
        if found is None or found.fuzzy or not all(_forms(found.string)):
            missing.append(message.id)
    assert not missing, "python3 dev.py words collects what is to be translated"


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_keeps_its_placeholders(code: str) -> None:
    wrong = [message.id for message in _catalog(code) if message.id and not _keeps_placeholders(message)]
    assert not wrong


def _keeps_placeholders(message: Message) -> bool:
    allowed = {name for form in _forms(message.id) for name in PLACEHOLDER.findall(form)}
    needed = set.intersection(*(set(PLACEHOLDER.findall(form)) for form in _forms(message.id))) - {"%(num)d"}
    found = [set(PLACEHOLDER.findall(form)) for form in _forms(message.string)]
    return all(needed <= names <= allowed for names in found)


@pytest.mark.parametrize("code", TRANSLATED)
def test_what_is_compiled_is_what_is_written(code: str) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, _catalog(code))
    assert (FOLDER / code / "LC_MESSAGES" / "messages.mo").read_bytes() == compiled.getvalue()
