"""The page of what was sent, while it is worked on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask, Response

from organizer import clock, uploads


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
