import io
from typing import Any

import pytest
from PIL import Image

from organizer.media import Refused, strip
from tests.media import bombs, corpus


def _jpeg(image: Image.Image, **options: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, "JPEG", **options)
    return written.getvalue()


def _pixels(data: bytes) -> bytes:
    return Image.open(io.BytesIO(data)).tobytes()


@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"subsampling": 0, "quality": 95}, {"restart_marker_blocks": 2}]
)
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_jpeg_keeps_its_pixels_and_loses_the_rest(mode: str, options: dict[str, Any]) -> None:
    data = corpus.jpeg(corpus.photo().convert(mode), **options)
    stripped = strip.jpeg(data)
    assert corpus.canaries(stripped.data) == set()
    assert _pixels(stripped.data) == _pixels(data)
    assert (stripped.width, stripped.height) == (600, 400)
    assert strip.jpeg(stripped.data) == stripped


def test_what_an_application_segment_says_of_colours_is_kept_and_nothing_more() -> None:
    data = _jpeg(corpus.photo().convert("CMYK"))
    start = data.index(b"Adobe")
    spoken = data[: start + 5] + b"XY" + data[start + 7 :]
    assert b"Adobe\x00\x64" in strip.jpeg(spoken).data


def test_a_jpeg_without_an_end_gets_one() -> None:
    data = _jpeg(corpus.photo())
    assert strip.jpeg(data[:-2]).data.endswith(b"\xff\xd9")


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"\x89PNG", b"\xff\xd8\xff\xc0\x00\x02"])
def test_what_is_no_jpeg_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        strip.jpeg(data)


def test_a_jpeg_of_a_billion_pixels_is_refused() -> None:
    data = bytearray(_jpeg(corpus.photo()))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    with pytest.raises(Refused) as caught:
        strip.jpeg(bytes(data))
    assert caught.value.reason == "pdf_complex"


def test_a_jpeg_with_endless_scans_is_refused() -> None:
    with pytest.raises(Refused):
        strip.jpeg(bombs.endless_scans(_jpeg(corpus.photo(), progressive=True)))


def test_every_cut_of_a_jpeg_is_stripped_or_refused() -> None:
    data = _jpeg(corpus.photo((16, 16)))
    for end in range(len(data)):
        try:
            strip.jpeg(data[:end])
        except Refused:
            continue


def test_a_font_loses_its_names_and_dates_and_keeps_its_outlines() -> None:
    stripped = strip.font(corpus.sfnt())
    assert corpus.canaries(corpus.sfnt()) > corpus.canaries(stripped) == set()
    assert b"outlines" in stripped
    tags = [stripped[12 + 16 * index :][:4] for index in range(int.from_bytes(stripped[4:6], "big"))]
    assert tags == [b"glyf", b"head"]
    assert strip.font(stripped) == stripped


def test_each_table_of_a_font_stands_where_the_directory_says() -> None:
    stripped = strip.font(corpus.sfnt())
    record = stripped[12:28]
    start, size = int.from_bytes(record[8:12], "big"), int.from_bytes(record[12:16], "big")
    assert stripped[start : start + size] == b" outlines"
    assert start % 4 == 0


@pytest.mark.parametrize("data", [b"", b"ttcf" + bytes(40), b"%!PS-AdobeFont"])
def test_what_is_no_font_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        strip.font(data)


def test_every_cut_of_a_font_is_stripped_or_refused() -> None:
    whole = corpus.sfnt()
    for end in range(len(whole)):
        try:
            strip.font(whole[:end])
        except Refused:
            continue


def test_a_program_loses_its_comments() -> None:
    assert strip.program(b"%!PS by CANARY\n1 0 % why\r add %") == b"\n1 0 \r add "
