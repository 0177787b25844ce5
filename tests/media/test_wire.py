import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizer.media import REASONS, Picture, RebuiltPdf, Refused, Removed, wire

SMALL = Picture(b"small", "image/webp", 480, 320)
PICTURE = Picture(b"\xff\x00" * 9, "image/jpeg", 1200, 800, (Picture(b"wide", "image/webp", 1200, 800), SMALL))
PDF = RebuiltPdf(b"%PDF", 2, "Свобода\n", ("https://example.org",), (Removed.SCRIPTS,), (PICTURE, SMALL))


def _packed(told: Any, files: bytes = b"") -> bytes:
    header = json.dumps(told).encode()
    return len(header).to_bytes(4, "big") + header + files


@pytest.mark.parametrize("answer", [PICTURE, SMALL, PDF])
def test_what_is_packed_comes_out_the_same(answer: Picture | RebuiltPdf) -> None:
    assert wire.unpack(wire.pack(answer)) == answer


@pytest.mark.parametrize("reason", REASONS)
def test_a_refusal_keeps_its_reason(reason: str) -> None:
    unpacked = wire.unpack(wire.pack(Refused(reason)))
    assert isinstance(unpacked, Refused)
    assert unpacked.reason == reason


def _picture(**changed: Any) -> Any:
    return {"data": [0, 1], "content_type": "image/png", "width": 1, "height": 1, "previews": [], **changed}


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        {},
        {"refused": "You have won a prize"},
        {"refused": None},
        {"picture": None},
        {"picture": _picture(content_type="text/html")},
        {"picture": _picture(data=[0, 99])},
        {"picture": _picture(data=[-1, 1])},
        {"picture": _picture(data=[0])},
        {"picture": _picture(data="ab")},
        {"picture": _picture(width="1")},
        {"picture": _picture(width=True)},
        {"picture": _picture(height=-1)},
        {"picture": _picture(previews={"a": 1})},
        {"picture": _picture(previews=[7])},
        {"pdf": {"data": [0, 1], "pages": 1, "text": 5, "links": [], "removed": [], "previews": []}},
        {"pdf": {"data": [0, 1], "pages": 1, "text": "", "links": [5], "removed": [], "previews": []}},
        {"pdf": {"data": [0, 1], "pages": 1, "text": "", "links": [], "removed": ["all"], "previews": []}},
        {"pdf": {"data": [0, 1], "pages": 1, "text": "\ud800", "links": [], "removed": [], "previews": []}},
    ],
)
def test_an_answer_of_another_make_is_noticed(told: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        wire.unpack(_packed(told, b"x"))


@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_a_value_error(packed: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        wire.unpack(packed)


def test_an_answer_that_goes_too_deep_is_noticed() -> None:
    with pytest.raises(ValueError, match=r".+"):
        wire.unpack(b"\0\2\0\0" + b"[" * 0x20000)
