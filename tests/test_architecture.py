"""The house rules that a machine can hold: directions, sizes, names, words."""

from __future__ import annotations

import ast
import importlib
import re
import statistics
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from importlinter.cli import lint_imports
from wtforms import Form

from organizer.accounts import rules as account_rules
from organizer.collections import forms as collection_forms
from organizer.collections import rules as collection_rules
from organizer.collections.models import Collection
from organizer.copies import forms as copies_forms
from organizer.copies import rules as copies_rules
from organizer.db import Model
from organizer.events import forms as event_forms
from organizer.events import rules as event_rules
from organizer.events import times as event_times
from organizer.events.models import Event
from organizer.groups import forms as group_forms
from organizer.groups import rules as group_rules
from organizer.groups.models import City, Group
from organizer.leaflets import forms as leaflet_forms
from organizer.leaflets import rules as leaflet_rules
from organizer.leaflets import version_forms
from organizer.leaflets.models import EventLeaflet, Leaflet, LeafletVersion
from organizer.photos import forms as photo_forms
from organizer.photos import rules as photo_rules
from organizer.photos.models import Photo, PhotoPerson
from organizer.rsvps import forms as rsvp_forms
from organizer.rsvps import rules as rsvp_rules
from organizer.rsvps.models import Capacity, Rsvp
from organizer.statements import forms as statement_forms
from organizer.statements import rules as statement_rules
from organizer.statements.models import Consent, ConsentUse, Statement, StatementTranslation, Suggestion
from organizer.web import ROOMS
from tests import asking, world

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "organizer"
TEMPLATES = ROOT / "templates"
FEATURES = (
    "accounts",
    "groups",
    "events",
    "leaflets",
    "codes",
    "copies",
    "posters",
    "rsvps",
    "removals",
    "photos",
    "statements",
    "collections",
    "calendars",
)
MOST_LINES, MOST_TEST_LINES = 400, 500
MOST_FUNCTION_LINES, MOST_MEDIAN_LINES, MOST_VIEW_LINES = 50, 10, 20
MOST_TEMPLATE_LINES = 80
# Collections of macros: each macro is as small as a template.
LONG_TEMPLATES = {"_macros/forms.html": 180, "_macros/cards.html": 140, "_macros/layout.html": 120}
FORBIDDEN_ROOMS = {"common", "utils", "util", "helpers", "manager", "managers", "admin", "api", "misc", "core", "lib"}
# The columns of the exact spot, and the only files that know them; all else gets what came through the gate.
SPOT = {"spot_shown", "spot_hours_before"}
SPOT_FILES = {f"events/{name}.py" for name in ("models", "forms", "service", "gate", "rules")}
# The demo writes an event as the form does.
SPOT_WRITERS = {"keeping/demo/upcoming.py"}
# Templates that are not named after a view of their room, and why.
REFUSALS = ("RuleError", "TooMany", "AmbiguousTime")
SHARED_TEMPLATES = {
    "events/act.html": "one page for the small forms of an event's life",
    "groups/link.html": "a link that is shown once, of an invitation or for a password",
    "leaflets/withdrawn.html": "what is said when nothing is left",
    "leaflets/draft.html": "a leaflet before it is published, at the same address",
    "pages/list.html": "a group, a city, a tag, and what has been",
    "rsvps/aside.html": "setting aside and taking back",
    "rsvps/withdrawn.html": "what is said when nothing is left",
    "statements/withdrawn.html": "what is said when nothing is left",
    "statements/review.html": "the page of the view `statement`, named after what is done there",
    "accounts/signed_in.html": "the way back to a form that was typed before signing in",
    "errors/error.html": "every refusal",
}


@cache
def _trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text()) for path in sorted(PROGRAM.rglob("*.py"))}


def _name(path: Path) -> str:
    return path.relative_to(PROGRAM).as_posix()


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _size(node: ast.FunctionDef | ast.ClassDef) -> int:
    return (node.end_lineno or 0) - node.lineno + 1


def _is_view(function: ast.FunctionDef) -> bool:
    decorators = (ast.unparse(decorator) for decorator in function.decorator_list)
    return any(re.match(r"blueprint\.(route|get|post)\(", decorator) for decorator in decorators)


def _views() -> list[tuple[Path, ast.FunctionDef]]:
    return [(path, each) for path, tree in _trees().items() for each in _functions(tree) if _is_view(each)]


def _imports(tree: ast.AST) -> Iterator[str]:
    """Every imported module, and what is imported from it, in full."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


# Directions.


def test_the_import_contracts_hold(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == 0, capsys.readouterr().out


def test_a_room_calls_only_its_own_service() -> None:
    """What a page needs of another room it reads by its queries; `keeping` and commands alone walk all rooms."""
    wrong = []
    for path, tree in _trees().items():
        room = _name(path).partition("/")[0]
        called = {match[1] for name in _imports(tree) if (match := re.fullmatch(r"organizer\.(\w+)\.service.*", name))}
        if room not in ("keeping", "cli.py"):
            wrong += [f"{_name(path)} uses {other}.service" for other in called - {room}]
    assert wrong == []


def test_what_decides_and_writes_speaks_no_language_and_no_http() -> None:
    wrong = []
    for path, tree in _trees().items():
        if path.stem in ("rules", "models", "service", "gate", "entry", "jobs"):
            wrong += [f"{_name(path)}: {name}" for name in _imports(tree) if name.startswith(("flask.", "flask_babel"))]
    allowed = ("flask.current_app",)
    assert [each for each in wrong if not each.endswith(allowed)] == []


def test_nothing_is_imported_inside_a_function() -> None:
    inside = [
        f"{_name(path)}: {function.name}"
        for path, tree in _trees().items()
        for function in _functions(tree)
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function))
    ]
    assert inside == []


def test_rooms_are_named_after_subjects() -> None:
    names = {part for path in _trees() for part in (*path.relative_to(PROGRAM).parts[:-1], path.stem)}
    assert names & FORBIDDEN_ROOMS == set()


def test_the_exact_spot_is_known_to_the_gate_and_to_what_writes_it_only() -> None:
    """The columns are named in no other file. `spot` itself is also a field of what comes out of the gate."""
    wrong = []
    for path, tree in _trees().items():
        name = _name(path)
        words = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        words |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg}
        words |= {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        named = words & (SPOT if _reads_gate_only(tree) else SPOT | {"spot"})
        if named and name not in SPOT_FILES | SPOT_WRITERS:
            wrong.append(f"{name}: {', '.join(sorted(named))}")
    assert wrong == []


def _reads_gate_only(tree: ast.AST) -> bool:
    """Whether a file never holds an event's row, so that its `spot` has been through the gate."""
    return not any(name.startswith("organizer.events.models.Event") for name in _imports(tree))


# Sizes.


def test_files_are_short() -> None:
    program = [*PROGRAM.rglob("*.py"), *(ROOT / "benchmarks").glob("*.py"), ROOT / "app.py", ROOT / "dev.py"]
    limits = dict.fromkeys(program, MOST_LINES) | dict.fromkeys((ROOT / "tests").rglob("*.py"), MOST_TEST_LINES)
    lines = {path: len(path.read_text().splitlines()) for path in limits}
    assert [f"{path.relative_to(ROOT)}: {count}" for path, count in lines.items() if count >= limits[path]] == []


def test_functions_are_short_and_most_are_very_short() -> None:
    sizes = {f"{_name(path)}: {each.name}": _size(each) for path, tree in _trees().items() for each in _functions(tree)}
    assert [name for name, size in sizes.items() if size > MOST_FUNCTION_LINES] == []
    assert statistics.median(sizes.values()) < MOST_MEDIAN_LINES


def test_views_are_short() -> None:
    views = _views()
    assert len(views) > 50
    assert [f"{_name(path)}: {view.name}" for path, view in views if _size(view) > MOST_VIEW_LINES] == []


def test_templates_are_short() -> None:
    long = []
    for path in TEMPLATES.rglob("*.html"):
        name, count = path.relative_to(TEMPLATES).as_posix(), len(path.read_text().splitlines())
        if count > LONG_TEMPLATES.get(name, MOST_TEMPLATE_LINES):
            long.append(f"{name}: {count}")
    assert long == []


# Names.

# Details → its form → where its fields are kept. A field that is kept under no name of its own is told why.
SAME_WORDS: list[tuple[type[object], type[Form], tuple[type[Model], ...]]] = [
    (event_rules.EventDetails, event_forms.EventForm, (Event,)),
    (event_times.When, event_forms.WhenForm, (Event,)),
    (event_rules.Texts, event_forms.TextsForm, (Event,)),
    (event_rules.Link, event_forms.LinkForm, ()),
    (rsvp_rules.RsvpDetails, rsvp_forms.RsvpForm, (Rsvp,)),
    (rsvp_rules.CapacityDetails, rsvp_forms.CapacityForm, (Capacity,)),
    (group_rules.GroupDetails, group_forms.GroupForm, (Group,)),
    (group_rules.CityDetails, group_forms.CityForm, (City,)),
    (leaflet_rules.LeafletDetails, leaflet_forms.DetailsForm, (Leaflet, LeafletVersion)),
    (leaflet_rules.VersionDetails, version_forms.WordsForm, (LeafletVersion,)),
    (copies_rules.CopiesDetails, copies_forms.CopiesForm, (EventLeaflet,)),
    (statement_rules.StatementDetails, statement_forms.StatementForm, (Statement,)),
    (statement_rules.ConsentDetails, statement_forms.TakeForm, (Consent, ConsentUse)),
    (statement_rules.ReviewDetails, statement_forms.ReviewForm, (Statement,)),
    (statement_rules.SuggestionDetails, statement_forms.WordingForm, (Suggestion,)),
    (statement_rules.TranslationDetails, statement_forms.TranslationForm, (StatementTranslation,)),
    (photo_rules.PhotoDetails, photo_forms.DetailsForm, (Photo,)),
    (photo_rules.AgreementDetails, photo_forms.InPersonForm, (PhotoPerson,)),
    (collection_rules.CollectionDetails, collection_forms.DetailsForm, (Collection,)),
]
NOT_TYPED = {
    "ConsentDetails.way": "in person, as the form is the organizer's",
    "AgreementDetails.way": "the same",
}
NOT_KEPT = {
    "EventDetails.tags": "a table of its own",
    "ConsentDetails.uses": "a row for each",
    "ReviewDetails.shown": "compared, not kept",
    "ReviewDetails.moment": "decides this once",
    "ReviewDetails.publish_at_local": "kept as the instant",
}
ASKED_WHEN_NEEDED = {"starts_fold", "ends_fold"}  # on the night when a time comes twice
# Where each form stands, by the route that it is sent to.
STANDS_AT = {
    "EventDetails": "/events/<event_id>/edit",
    "When": "/events/<event_id>/reschedule",
    "Texts": "/events/<event_id>/languages/<code>",
    "RsvpDetails": "/events/<address>/answer",
    "CapacityDetails": "/events/<event_id>/answers",
    "GroupDetails": "/groups/<slug>/edit",
    "CityDetails": "/cities/new",
    "LeafletDetails": "/leaflets/<leaflet_id>/edit",
    "VersionDetails": "/leaflets/<leaflet_id>/versions/<version>/words",
    "CopiesDetails": "/events/<event_id>/leaflets/<leaflet_id>/copies",
    "StatementDetails": "/events/<address>/statements/new",
    "ConsentDetails": "/events/<event_id>/statements/take",
    "SuggestionDetails": "/events/<event_id>/statements/<statement_id>/words",
    "TranslationDetails": "/events/<event_id>/statements/<statement_id>/translate",
    "PhotoDetails": "/photos/<photo_id>/edit",
    "AgreementDetails": "/photos/<photo_id>/people/<person_id>",
    "CollectionDetails": "/collections/<slug>/edit",
}


def test_one_word_goes_all_the_way_from_the_input_to_the_column(app: Flask) -> None:
    wrong = []
    forms = asking.forms(world.of(app))
    for details, form, tables in SAME_WORDS:
        kept = {column.key for table in tables for column in table.__mapper__.columns}
        inputs = set(forms[STANDS_AT[details.__name__]][-1].form.fields) if details.__name__ in STANDS_AT else None
        for name in (each.name for each in fields(details)):  # type: ignore[arg-type] # they are dataclasses
            full = f"{details.__name__}.{name}"
            if full not in NOT_TYPED and not hasattr(form, name):
                wrong.append(f"{full} is no field of {form.__name__}")
            if full not in NOT_KEPT and tables and name not in kept:
                wrong.append(f"{full} is no column of {', '.join(table.__name__ for table in tables)}")
            is_asked = inputs is None or any(each == name or each.startswith(f"{name}-") for each in inputs)
            if full not in NOT_TYPED and name not in ASKED_WHEN_NEEDED and not is_asked:
                wrong.append(f"{full} is no input on {STANDS_AT[details.__name__]}")
    assert wrong == []


def test_all_that_forms_fill_is_compared() -> None:
    compared = {details.__name__ for details, _form, _tables in SAME_WORDS}
    filled = set()
    for room in FEATURES:
        path = PROGRAM / room / "rules.py"
        if path.exists():
            module = importlib.import_module(f"organizer.{room}.rules")
            filled |= {name for name in vars(module) if name.endswith("Details")}
    assert filled - compared == set()
    assert not [name for name in vars(account_rules) if name.endswith("Details")]


def test_an_endpoint_is_named_after_its_view(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if "." in rule.endpoint:
            assert rule.endpoint.partition(".")[2] == view.__name__
    for room in ROOMS:
        folder, _, module = room.__name__.removeprefix("organizer.").partition(".")
        assert room.blueprint.name == (folder if module == "views" else module)


def test_a_template_is_named_after_a_view_of_its_room_or_says_why_not() -> None:
    views = {f"{path.parent.name}/{view.name}.html" for path, view in _views()}
    whole = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.glob("[!_]*/[!_]*.html")}
    assert sorted(whole - views - set(SHARED_TEMPLATES)) == []
    assert sorted(set(SHARED_TEMPLATES) - whole) == []


def test_every_template_is_used_by_its_own_room_or_a_page() -> None:
    used: dict[str, set[str]] = {}
    texts = {_name(path): path.read_text() for path in _trees()}
    texts |= {path.relative_to(TEMPLATES).as_posix(): path.read_text() for path in TEMPLATES.rglob("*.html")}
    for user, text in texts.items():
        for name in re.findall(r"[\"']([\w/]+\.html)[\"']", text):
            used.setdefault(name, set()).add(user.partition("/")[0])
    pages = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")}
    by_number = {name for name in pages if re.search(r"/\d+\.html$", name)}
    assert sorted(pages - set(used) - by_number) == []
    assert sorted(set(used) - pages) == []


# Words.


def test_refusals_are_whole_sentences_with_a_value_for_each_gap() -> None:
    """A refusal's words are found by the extraction, and filled in with what is given beside them."""
    wrong = []
    for path, tree in _trees().items():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if getattr(call.func, "id", getattr(call.func, "attr", "")) not in (
                "RuleError",
                "TooMany",
                "AmbiguousTime",
            ):
                continue
            words = call.args[0] if call.args else None
            if not (isinstance(words, ast.Constant) and isinstance(words.value, str)):
                wrong.append(f"{_name(path)}:{call.lineno} is not written out")
                continue
            given = {keyword.arg for keyword in call.keywords} - {"field"}
            if set(re.findall(r"%\((\w+)\)", words.value)) - {"retry_seconds"} != given - {"retry_seconds"}:
                wrong.append(f"{_name(path)}:{call.lineno} does not fill in its gaps")
            if not re.match(r"[A-Z%].*[.?!]$", words.value, re.DOTALL):
                wrong.append(f"{_name(path)}:{call.lineno} is no sentence")
    assert wrong == []


def test_what_is_public_says_what_its_name_cannot() -> None:
    """Every module, and every public function that is more than a line or two."""
    silent = [_name(path) for path, tree in _trees().items() if not ast.get_docstring(tree)]
    for path, tree in _trees().items():
        public = (each for each in tree.body if isinstance(each, ast.FunctionDef) and not each.name.startswith("_"))
        long = (each for each in public if _size(each) >= 8 and each.name != "init_app")
        silent += [f"{_name(path)}: {each.name}" for each in long if not ast.get_docstring(each)]
    assert silent == []
