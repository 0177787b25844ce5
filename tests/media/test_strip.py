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
    assert corpus.canaries(stripped) == set()
    assert _pixels(stripped) == _pixels(data)
    assert strip.jpeg(stripped) == stripped


def test_what_an_application_segment_says_of_colours_is_kept_and_nothing_more() -> None:
    data = _jpeg(corpus.photo().convert("CMYK"))
    start = data.index(b"Adobe")
    spoken = data[: start + 5] + b"XY" + data[start + 7 :]
    assert b"Adobe\x00\x64" in strip.jpeg(spoken)


def test_a_jpeg_without_an_end_gets_one() -> None:
    data = _jpeg(corpus.photo())
    assert strip.jpeg(data[:-2]).endswith(b"\xff\xd9")


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


def test_a_program_loses_its_comments() -> None:
    assert strip.program(b"%!PS by CANARY\n1 0 % why\r add %") == b"1 0 add"


def test_a_character_map_loses_its_name_and_what_names_no_characters() -> None:
    told = b"/Registry (Adobe) def /Note (Jane's \\) hand) def /CMapName /Jane-Hand def /CMapType 2 def /H usecmap"
    left = b"/Registry (Adobe) def /A () def /CMapName /A def /CMapType 2 def /H usecmap"
    assert strip.program(told) == left


@pytest.mark.parametrize(
    ("told", "left"),
    [
        (b"/Registry (outer CANARY (inner (more)) CANARY) def", b"/Registry () def"),
        (b"/Ordering <43414e415259> def", b"/Ordering () def"),
        (b"CANARY pop 1 beginbfchar<41> <00 62>endbfchar", b"pop 1 beginbfchar <41> <0062> endbfchar"),
        (b"{ 2 copy CANARY add -.5 1e-3 mul }", b"{ 2 copy add -.5 1e-3 mul }"),
        (b"1 begincidrange <00> <ff> 0 endcidrange <43>", b"1 begincidrange <00> <ff> 0 endcidrange ()"),
    ],
)
def test_a_program_keeps_but_the_words_that_it_is_made_of(told: bytes, left: bytes) -> None:
    assert b"CANARY" not in strip.program(told)
    assert strip.program(told).replace(b"() ()", b"()") == left


@pytest.mark.parametrize(
    "segment",
    [
        b"\xff\xdb\x00\x0eCANARY-table",
        b"\xff\xdb\x00\x4f\x00" + bytes(64) + b"CANARY-table",
        b"\xff\xc4\x00\x1f\x00" + bytes(16) + b"CANARY-table",
        b"\xff\xdd\x00\x10\x00\x00CANARY-table",
        b"\xff\xcc\x00\x0fCANARY-table!",
    ],
)
def test_words_that_pass_for_tables_are_refused(segment: bytes) -> None:
    data = _jpeg(corpus.photo())
    with pytest.raises(Refused):
        strip.jpeg(data[:2] + segment + data[2:])


QUANTIZING = b"\xff\xdb\x00\x43\x03" + b"CANARY-quantizing".ljust(64, b"\1")
HUFFMAN = b"\xff\xc4\x00\x23%c" + bytes(15) + b"\x10" + b"CANARY-huffman12"


@pytest.mark.parametrize("table", [QUANTIZING, HUFFMAN % 3, HUFFMAN % 0x13])
@pytest.mark.parametrize("is_progressive", [False, True])
def test_tables_that_nothing_names_are_gone(table: bytes, is_progressive: bool) -> None:
    data = _jpeg(corpus.photo(), progressive=is_progressive)
    for place in (2, data.index(b"\xff\xda")):
        stripped = strip.jpeg(data[:place] + table + data[place:])
        assert stripped == strip.jpeg(data)
        assert _pixels(stripped) == _pixels(data)


def test_of_tables_in_one_segment_those_stay_that_are_named() -> None:
    data = _jpeg(corpus.photo())
    start = data.index(b"\xff\xdb")
    longer = b"\xff\xdb\x00\x84" + data[start + 4 : start + 69] + QUANTIZING[4:]
    assert strip.jpeg(data[:start] + longer + data[start + 69 :]) == strip.jpeg(data)


@pytest.mark.parametrize("marker", [b"\xff\xc0", b"\xff\xda"])
def test_words_behind_what_a_frame_or_a_scan_says_are_refused(marker: bytes) -> None:
    data = _jpeg(corpus.photo())
    start = data.index(marker)
    size = int.from_bytes(data[start + 2 : start + 4], "big")
    longer = (size + 12).to_bytes(2, "big") + data[start + 4 : start + 2 + size] + b"CANARY-frame"
    with pytest.raises(Refused):
        strip.jpeg(data[: start + 2] + longer + data[start + 2 + size :])


def test_a_function_loses_what_stands_behind_its_samples() -> None:
    assert strip.samples(b"12345CANARY", [3, 1, 3], 4) == b"12345"
    assert strip.samples(b"123", [10**9, 3], 32) == b"123"
