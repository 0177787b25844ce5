"""What a leaflet's files are called where they are saved."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.http import parse_options_header

from organizer import outbox
from organizer.db import db
from organizer.events.models import Event
from organizer.leaflets.models import Leaflet
from organizer.posters.rules import Recipe, Shape, Sheet
from tests.codes import coding
from tests.factories import Person, post
from tests.leaflets import sending


def _names(client: FlaskClient, path: str) -> tuple[str, str]:
    """As programs read it that know ASCII alone, and as all others do."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers.getlist("Content-Disposition")
    header = answer.headers["Content-Disposition"]
    disposition, options = parse_options_header(header)
    assert disposition == "attachment"
    plain = parse_options_header(header.partition("; filename*=")[0])[1]["filename"]
    return plain, options["filename"]


@pytest.mark.parametrize(
    ("title", "language", "plain", "own"),
    [
        ("Letters to prisoners", "en", "letters-to-prisoners-en.jpg", "letters-to-prisoners-en.jpg"),
        ("Письма на волю", "ru", "leaflet-ru.jpg", "Письма на волю - ru.jpg"),
        ("برگه‌ی فارسی", "fa", "leaflet-fa.jpg", "برگه‌ی فارسی - fa.jpg"),
        ("Café für alle", "de", "cafe-fur-alle-de.jpg", "Café für alle - de.jpg"),
        ('Ü/../\\:*?"<>|; filename=x', "de", "u-filename-x-de.jpg", "Ü .. ; filename=x - de.jpg"),
        (".ünsichtbar", "de", "unsichtbar-de.jpg", "ünsichtbar - de.jpg"),
    ],
)
def test_a_file_is_called_after_its_title_in_its_own_letters_and_its_language(
    client: FlaskClient, event: Event, title: str, language: str, plain: str, own: str
) -> None:
    leaflet = coding.leaflet(event, title=title, language=language)
    assert _names(client, f"/leaflets/{leaflet.id}/file") == (plain, own)


@pytest.mark.parametrize("sign", ["\r\nSet-Cookie: a=b", "\u202efdp.exe", "\x01", "%0d%0a", "'", '"', "\u2028"])
def test_nothing_breaks_out_of_the_header_or_deceives(client: FlaskClient, event: Event, sign: str) -> None:
    leaflet = coding.leaflet(event)
    leaflet.title = f"Ж{sign}Ж"
    db.session.commit()
    answer = client.get(f"/leaflets/{leaflet.id}/file")
    header = answer.headers["Content-Disposition"]
    assert header.isascii()
    assert header.isprintable()
    assert "Set-Cookie" not in answer.headers
    assert _names(client, f"/leaflets/{leaflet.id}/file")[1].isprintable()


def test_the_longest_title_still_fits_on_a_disk(client: FlaskClient, event: Event) -> None:
    leaflet = coding.leaflet(event, title="自" * 120, language="zh")
    _plain, own = _names(client, f"/leaflets/{leaflet.id}/file")
    assert own.startswith("自自")
    assert own.endswith(" - zh.jpg")
    assert len(own.encode()) <= 255


def test_what_was_made_says_as_what_in_the_name_and_in_which_languages(client: FlaskClient, event: Event) -> None:
    leaflet = coding.leaflet(event, title="Листи")
    leaflet.versions[0].made_as = Recipe(event.id, Shape.POSTER, Sheet.HALF_LETTER, ("uk", "fa")).kept()
    db.session.commit()
    plain, own = _names(client, f"/leaflets/{leaflet.id}/file")
    assert plain == "leaflet-uk-fa-poster-half-letter.jpg"
    assert own == "Листи - uk-fa-poster-half-letter.jpg"


def test_files_to_print_are_told_apart_too(client: FlaskClient, organizer: Person, event: Event) -> None:
    address = sending.sent(organizer, event, sending.plain_pdf(), title="Листівка", language="uk")
    outbox.run_owed()
    post(organizer.client, f"{address}/versions/1/publish", {}, form_at=f"{address}/versions/1")
    assert db.session.get(Leaflet, address.rpartition("/")[2])
    plain, own = _names(client, f"{address}/print/two_up_a4.pdf")
    assert plain == "leaflet-uk-two-up-a4.pdf"
    assert own == "Листівка - uk-two-up-a4.pdf"
