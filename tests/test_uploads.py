"""The page of what was sent, while it is worked on."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask, Response
from werkzeug.datastructures import FileStorage
from wtforms import MultipleFileField

from organizer import clock, storage, uploads
from organizer.errors import Unsettled
from organizer.media import Refused
from organizer.uploads import FilesForm, SentFile


@pytest.mark.parametrize(("waited", "pause"), [(-5, 2), (0, 2), (9, 3), (60, 20), (3600, 60)])
def test_the_page_of_an_upload_looks_again_ever_less_often(waited: int, pause: int) -> None:
    assert uploads.look_again_seconds(timedelta(seconds=waited)) == pause


def test_of_several_the_latest_says_how_often(app: Flask) -> None:
    now = clock.now()
    with app.test_request_context():
        page = uploads.looking_again(Response(), [now - timedelta(hours=1), now])
    assert page.headers["Refresh"] == "2"


def test_where_nothing_is_worked_on_the_page_does_not_look_again(app: Flask) -> None:
    with app.test_request_context():
        assert "Refresh" not in uploads.looking_again(Response(), []).headers


def test_the_answer_to_what_was_sent_stays_to_be_read(app: Flask) -> None:
    with app.test_request_context(method="POST"):
        assert "Refresh" not in uploads.looking_again(Response(), [clock.now()]).headers


class Words(FilesForm):
    """Takes what begins with a letter."""

    file = MultipleFileField()

    def check_file(self, data: bytes) -> None:
        if not data[:1].isalpha():
            raise Refused("archive")


def _looked_at(app: Flask, *sent: bytes) -> Words:
    """The form, when files with these bytes were sent."""
    files = [FileStorage(io.BytesIO(data), f"{number}.txt") for number, data in enumerate(sent)]
    with app.test_request_context(method="POST", data={"file": files}):
        form = Words()
        form.file.validate(form, [type(form).validate_file])
        return form


def test_of_several_files_those_are_taken_that_can_be(app: Flask) -> None:
    form = _looked_at(app, b"one", b"2", b"three")
    assert not form.file.errors
    assert [(file.name, file.data) for file in form.sent] == [("0.txt", b"one"), ("1.txt", b""), ("2.txt", b"three")]
    assert [isinstance(file.refusal, Refused) for file in form.sent] == [False, True, False]


def test_of_a_file_that_is_refused_nothing_is_kept(app: Flask) -> None:
    refused = _looked_at(app, b"one", b"2 canary").sent[1]
    assert isinstance(refused, SentFile)
    assert refused.refusal
    assert refused.refusal.__traceback__ is None
    assert refused.data == b""


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [((b"1",), "Office files"), ((b"1", b"2"), "0.txt: Office files"), ((b"a",) * 11, "more than 10 files")],
)
def test_all_are_refused_when_none_can_be_taken_or_there_are_too_many(
    app: Flask, sent: tuple[bytes, ...], sentence: str
) -> None:
    (error,) = _looked_at(app, *sent).file.errors
    assert sentence in error


def test_what_is_over_leaves_nothing_and_the_rest_what_it_needs(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = storage.open_storage(tmp_path.as_uri())
    monkeypatch.setitem(app.extensions, "storage", store)
    for name in ("needed", "original", "new"):
        store.put(f"things/one/{name}", b"data")
    with pytest.raises(Unsettled):
        uploads.sweep("things/one", lambda: {"things/one/needed"}, ["things/one/original"], is_over=False)
    assert sorted(store.keys()) == ["things/one/needed", "things/one/new"]
    uploads.sweep("things/one", set, is_over=True)
    assert store.keys() == []
