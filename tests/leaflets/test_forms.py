from __future__ import annotations

import pytest
from flask import Flask

from organizer.leaflets import queries, rules
from organizer.leaflets.forms import DetailsForm, kind_of
from organizer.leaflets.models import Leaflet, LeafletVersion
from organizer.leaflets.rules import Kind
from organizer.media import PDF_BYTES, PICTURE_BYTES, Refused
from tests.media import corpus


@pytest.mark.parametrize("name", corpus.PICTURES)
def test_pictures_are_known_by_their_first_bytes(name: str) -> None:
    assert kind_of(corpus.PICTURES[name]()) == Kind.PICTURE


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"\n\n some mailer's line\n%PDF-1.4"])
def test_so_are_pdfs(data: bytes) -> None:
    assert kind_of(data) == Kind.PDF


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "neither a PDF nor a picture"),
        (b"just words", "neither a PDF nor a picture"),
        (b"<!doctype html><html><script>alert(1)</script>", "neither a PDF nor a picture"),
        (b"GIF89a" + bytes(50), "neither a PDF nor a picture"),
        (b"\0\0\0\x18ftypmp42" + bytes(50), "neither a PDF nor a picture"),
        (b"RIFF\0\0\0\0WAVE", "neither a PDF nor a picture"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">', "SVG drawings can carry programs"),
        (b"  <SVG onload=alert(1)>", "SVG drawings can carry programs"),
        (b"PK\x03\x04" + bytes(50), "Office files and archives"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office files and archives"),
        (b"\x1f\x8b\x08\0", "Office files and archives"),
        (b"%PDF-" + bytes(PDF_BYTES), "larger than 25 MB"),
        (b"\xff\xd8\xff" + bytes(PICTURE_BYTES), "larger than 15 MB"),
    ],
)
def test_anything_else_is_refused_with_a_clear_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence) as caught:
        kind_of(data)
    # The leaflet's page says the same, where it is one of several that were sent.
    assert sentence in queries.REASONS[caught.value.reason]
    assert len(caught.value.reason) <= LeafletVersion.reason.type.length


def test_a_form_field_is_a_detail_is_a_column(app: Flask) -> None:
    details = set(rules.LeafletDetails.__dataclass_fields__)
    with app.test_request_context():
        assert details <= set(DetailsForm()._fields)
    columns = set(Leaflet.__table__.columns.keys()) | set(LeafletVersion.__table__.columns.keys())
    assert details <= columns
