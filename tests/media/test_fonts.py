import pytest

from organizer.media import Refused, fonts
from tests.media import corpus, typeset

NOTICE = b"\xf8\x1b\x01"  # the first string of its own, as the notice
FULL_NAME = b"\xf8\x1c\x02"
ROS = b"\xf8\x1b\xf8\x1c\x8b\x0c\x1e"  # the first two strings, as the collection of characters
REAL = b"\x1e\x0a\x14\x0f\x0c\x07"
TYPE1 = b"""%!PS-AdobeFont-1.0: CanaryHand 001.000
%%Creator: Jane (and \\) friends)
11 dict begin
/FontName /ABCDEF+CanaryHand def
/FontInfo 9 dict dup begin /Notice (Made for Jane \\(her (own) hand\\)) readonly def
/ItalicAngle 0 def end readonly def % CANARY-comment
/Encoding 256 array 0 1 255 {1 index exch /.notdef put} for dup 87 /W put readonly def
FontDirectory/CanaryHand known
currentfile eexec """
BEHIND = b"\x80\x01(scrambled) %\n" + b"0" * 64 + b"\ncleartomark"


def test_a_font_loses_its_names_and_dates_and_keeps_its_outlines() -> None:
    stripped = fonts.opentype(corpus.sfnt())
    assert corpus.canaries(corpus.sfnt()) > corpus.canaries(stripped) == set()
    assert b"outlines" in stripped
    tags = [stripped[12 + 16 * index :][:4] for index in range(int.from_bytes(stripped[4:6], "big"))]
    assert tags == [b"glyf", b"head"]
    assert fonts.opentype(stripped) == stripped


def test_each_table_of_a_font_stands_where_the_directory_says() -> None:
    stripped = fonts.opentype(corpus.sfnt())
    record = stripped[12:28]
    start, size = int.from_bytes(record[8:12], "big"), int.from_bytes(record[12:16], "big")
    assert stripped[start : start + size] == b" outlines"
    assert start % 4 == 0


@pytest.mark.parametrize("data", [b"", b"ttcf" + bytes(40), b"%!PS-AdobeFont"])
def test_what_is_no_font_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        fonts.opentype(data)


def test_every_cut_of_a_font_is_stripped_or_refused() -> None:
    whole = corpus.sfnt()
    for end in range(len(whole)):
        try:
            fonts.opentype(whole[:end])
        except Refused:
            continue


# Compact fonts: as long as before, since their tables tell places.


def test_a_compact_font_loses_its_name_and_what_it_says() -> None:
    data = typeset.compact(b"CANARY-name", NOTICE + FULL_NAME, b"CANARY-notice", b"CANARY-full", b"a.glyph")
    stripped = fonts.compact(data)
    assert corpus.canaries(stripped) == set()
    assert len(stripped) == len(data)
    assert b"A" * 11 in stripped
    assert stripped.endswith(b"a.glyph\0\0 outlines")


def test_a_compact_font_whose_letters_have_numbers_keeps_but_the_name_of_its_characters() -> None:
    data = typeset.compact(b"CANARY-name", REAL + ROS + NOTICE, b"Adobe", b"Identity", b"CANARY-loose")
    stripped = fonts.compact(data)
    assert corpus.canaries(stripped) == set()
    assert b"AdobeIdentity" + b" " * 12 in stripped


def test_a_compact_font_in_a_wrapping_loses_the_same() -> None:
    inner = typeset.compact(b"CANARY-name", NOTICE, b"CANARY-notice")
    data = b"OTTO\0\1" + bytes(6) + b"CFF \0\0\0\0\0\0\0\x1c" + len(inner).to_bytes(4, "big") + inner
    assert corpus.canaries(fonts.compact(data)) == set()
    assert b"outlines" in fonts.compact(data)


def test_every_cut_of_a_compact_font_is_stripped_or_refused() -> None:
    whole = typeset.compact(b"CANARY-name", REAL + NOTICE + FULL_NAME, b"CANARY-notice", b"CANARY-full")
    for data in [whole[:end] for end in range(len(whole))] + [
        whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :] for at in range(len(whole))
    ]:
        try:
            assert len(fonts.compact(data)) == len(data)
        except Refused:
            continue


# Type 1: a program to read, then outlines.


def test_a_type_1_font_loses_what_can_be_read_in_it_and_keeps_its_outlines() -> None:
    data = TYPE1 + BEHIND + b"CANARY-behind_the_end"
    stripped = fonts.type1(data)
    assert len(stripped) == len(data)
    assert stripped.startswith(b"%!PS-AdobeFont-1.0")
    assert stripped[len(TYPE1) :] == BEHIND + b" " * 21
    for word in (b"Canary", b"CANARY", b"Jane", b"friends", b"hand"):
        assert word not in stripped
    for word in (b"/FontName /ABCDEF+AAAAAAAAAA def", b"/ItalicAngle 0 def end", b"dup 87 /W put"):
        assert word in stripped
    assert fonts.type1(stripped) == stripped


def test_a_type_1_font_loses_the_numbers_by_which_it_is_known() -> None:
    told = b"%!PS-AdobeFont-1.0\n/UniqueID 4123456 def /XUID [6 1000015 74123] def /UID 5 def\ncurrentfile eexec"
    left = b"%!PS-AdobeFont-1.0\n/UniqueID 0000000 def /XUID [0 0000000 00000] def /UID 0 def\ncurrentfile eexec"
    assert fonts.type1(told) == left


@pytest.mark.parametrize(
    ("told", "left"),
    [
        (b"/Notice (a CANARY (b (c) d) CANARY) def", b"/Notice (                         ) def"),
        (b"/X <43414e> /Y << >> def", b"/X <      > /Y << >> def"),
        (b"/Notice (a \\) CANARY) % (open", b"/Notice (           )        "),
        (b"/Notice (CANARY", b"/Notice (      "),
    ],
)
def test_a_type_1_font_loses_strings_of_any_kind(told: bytes, left: bytes) -> None:
    begin, end = b"%!PS-AdobeFont-1.0\n", b"\ncurrentfile eexec"
    assert fonts.type1(begin + told + end) == begin + left + end


def test_tables_lose_what_stands_behind_their_end_and_who_made_them() -> None:
    tables = {b"head": bytes(54), b"hhea": bytes(36), b"maxp": b"\0\0\x50\0\0\1", b"OS/2": b"\0\1" + bytes(84)}
    longer = {tag: table + b"CANARY-tail" for tag, table in tables.items()}
    longer[b"OS/2"] = longer[b"OS/2"][:58] + b"JANE" + longer[b"OS/2"][62:]
    stripped = fonts.opentype(fonts.written(b"true", longer))
    tables[b"OS/2"] = tables[b"OS/2"][:58] + b"    " + tables[b"OS/2"][62:]
    assert fonts.tables(stripped) == tables


@pytest.mark.parametrize("data", [b"", b"%!PS-AdobeFont-1.0", b"currentfile eexec", typeset.compact(b"A", b"")])
def test_what_is_no_type_1_font_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        fonts.type1(data)
