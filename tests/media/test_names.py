"""Names that somebody chose: none of those that only tell is in a rebuilt file."""

import io
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from organizer.media import pdfs, printing, strip
from tests.media import bombs, looking, pages, reaching

KEPT = {"not_embedded", "shown_letter"}
"""A reader looks for a font that the file lacks by its name, and letters that are drawn may tell what they mean."""


def _name(word: str) -> Name:
    return Name(f"/CANARY-{word}")


def _space(pdf: pikepdf.Pdf, *inks: str) -> Array:
    code = pdf.make_stream(b"{ (CANARY-calculator) pop (CANARY) pop %s 0 0 }" % (b"pop " * (len(inks) - 1)))
    code.stream_dict.update(Dictionary(FunctionType=4, Domain=[0, 1] * len(inks), Range=[0, 1] * 3))
    code.Order, code.Domain = _name("order"), Array([0, 1] * len(inks))
    if len(inks) == 1:
        return Array([Name.Separation, _name(inks[0]), Name.DeviceRGB, code])
    return Array([Name.DeviceN, Array([_name(ink) for ink in inks]), Name.DeviceRGB, code])


def _resources(pdf: pikepdf.Pdf) -> Dictionary:
    drawn = reaching.letters(pdf, Dictionary(), **{"CANARY-shown_letter": b"0 0 900 900 re f", "CANARY-other": b"n"})
    lost = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=_name("not_embedded"), Name=_name("font"))
    lost.Encoding = Dictionary(Type=_name("type"), BaseEncoding=_name("base"), Differences=[65, Name.A])
    image = reaching.picture(pdf, b"pixels", Intent=_name("intent"), Name=_name("image"), Interpolate=_name("smooth"))
    dashes = Array([Array([3, _name("dash")]), 0])
    state = Dictionary(Type=_name("state"), SA=_name("sa"), BM=_name("mixing"), RI=_name("ri"), D=dashes, ca=0.5)
    return Dictionary(
        Font=Dictionary({"/CANARY-font_key": drawn, "/N": pdf.make_indirect(lost)}),
        XObject=Dictionary({"/CANARY-image_key": image}),
        ColorSpace=Dictionary({"/CANARY-space_key": _space(pdf, "spot"), "/DN": _space(pdf, "ink", "ink_two")}),
        ExtGState=Dictionary({"/CANARY-state_key": state}),
    )


CONTENT = (
    b"/CANARY-state_key gs /CANARY-space_key cs 1 scn 10 10 50 50 re f /DN cs 1 1 scn 80 10 50 50 re f"
    b" BT /CANARY-font_key 40 Tf 100 200 Td (A) Tj /N 20 Tf (words) Tj ET"
    b" q 100 0 0 100 300 300 cm /CANARY-image_key Do Q /CANARY-useless gs /CANARY-intent ri"
    b" BI /W 1 /H 1 /BPC 8 /CS /CANARY-space_key /D [/CANARY-decode] /DP <</K /CANARY-parameter>> ID a EI"
)


def _named() -> bytes:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(600, 800)).obj
        page.Resources, page.Contents = _resources(pdf), pdf.make_stream(CONTENT)
        page.Group = Dictionary(S=_name("group"), Type=_name("group_type"), CS=_name("space"), I=_name("alone"))
        page.TrimBox, page.BleedBox = Array([0, 0, 600, _name("box")]), Array([_name("bleed")])
        page.Rotate, page.UserUnit = _name("turned"), _name("unit")
        return pages.saved(pdf)


def test_names_that_only_tell_are_gone() -> None:
    data = _named()
    assert len(looking.left(data)) > 25
    rebuilt = pdfs.rebuild(data)
    assert looking.left(rebuilt.data) <= KEPT
    assert looking.off(data, rebuilt.data) < looking.MOST_OFF
    assert "words" in rebuilt.text
    for make in (printing.screen, printing.grey, printing.two_up_a4, printing.four_up_letter):
        assert looking.left(make(rebuilt.data).data) <= KEPT


@pytest.mark.parametrize(
    ("keys", "kept"),
    [
        (b"/BM /Multiply", b"/BM /Multiply"),
        (b"/BM [ /Unheard /Screen ]", b"/BM [ /Screen ]"),
        (b"/RI /Saturation", b"/RI /Saturation"),
        (b"/D [ [ 3 2 ] 0 ]", b"/D [ [ 3 2 ] 0 ]"),
        (b"/SMask /None", b"/SMask /None"),
        (b"/Type /ExtGState", b"/Type /ExtGState"),
        (b"/SMask /Jane", b""),
        (b"/BM /Jane", b""),
    ],
)
def test_names_that_mean_something_stay(keys: bytes, kept: bytes) -> None:
    data = bombs.one_page(b"/G gs 0 0 9 9 re f", b"/ExtGState<</G<</ca .5 %b>>>>" % keys)
    with pikepdf.open(io.BytesIO(pdfs.rebuild(data).data)) as pdf:
        (state,) = pdf.pages[0].obj.Resources.ExtGState.values()
        del state["/ca"]
        assert state.unparse() == b" ".join(filter(None, (b"<<", kept, b">>")))


def test_inks_of_one_name_stay_one_ink_and_those_of_the_press_keep_theirs() -> None:
    spaces = {
        "/A": b"[/Separation/Jane/DeviceGray 5 0 R]",
        "/B": b"[/DeviceN[/Jane/Joan/Cyan/None]/DeviceGray 6 0 R]",
        "/C": b"[/Separation/All/DeviceGray 5 0 R]",
    }
    told = b"".join(name.encode() + space for name, space in spaces.items())
    data = bombs.one_page(
        b"/A cs 1 scn 0 0 9 9 re f /B cs 1 1 1 1 scn 9 9 9 9 re f /C cs 1 scn 30 30 9 9 re f",
        b"/ColorSpace<<%b>>" % told,
        b"<</FunctionType 2/Domain[0 1]/N 1>>",
        bombs.stream(b"/FunctionType 4/Domain[0 1 0 1 0 1 0 1]/Range[0 1]", b"{ pop pop pop }"),
    )
    with pikepdf.open(io.BytesIO(pdfs.rebuild(data).data)) as pdf:
        first, second, third = (pdf.pages[0].obj.Resources.ColorSpace[f"/C{number}"] for number in (1, 2, 3))
        assert str(first[1]).startswith("/Ink")
        assert [str(ink) for ink in second[1]] == [str(first[1]), "/Ink2", "/Cyan", "/None"]
        assert str(third[1]) == "/All"


@pytest.mark.parametrize(
    ("program", "left"),
    [
        (b"{ (word) pop }", b"{ () pop }"),
        (b"/Registry (Adobe) def /Ordering (Japan1) def", b"/Registry (Adobe) def /Ordering (Japan1) def"),
        (b"/Registry(Jane)def /Ordering (Hand) def", b"/Registry () def /Ordering () def"),
        (b"/Note (Adobe) def", b"/A () def"),
    ],
)
def test_strings_stay_only_where_they_name_characters(program: bytes, left: bytes) -> None:
    assert strip.program(program) == left


def test_a_page_whose_trimmed_edges_are_nonsense_is_arranged_by_what_is_shown() -> None:
    assert printing.two_up_a4(pdfs.rebuild(_named()).data).pages == 1


def _collection(**keys: Any) -> bytes:
    with pikepdf.new() as pdf:
        part = Dictionary(Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name.MSung, DW=1000)
        part.CIDSystemInfo = Dictionary({f"/{key}": value for key, value in keys.items()})
        font = Dictionary(Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.MSung, DescendantFonts=[part])
        font.Encoding = Name("/UniGB-UCS2-H")
        page = pdf.add_blank_page(page_size=(600, 800)).obj
        page.Resources, page.Contents = Dictionary(Font=Dictionary(F=font)), pdf.make_stream(b"BT /F 9 Tf <4e00> Tj ET")
        return pages.saved(pdf)


@pytest.mark.parametrize("told", [("Adobe", "GB1"), ("Adobe", "Identity")])
def test_a_collection_of_characters_keeps_its_name(told: tuple[str, str]) -> None:
    rebuilt = pdfs.rebuild(_collection(Registry=String(told[0]), Ordering=String(told[1]), Supplement=2))
    with pikepdf.open(io.BytesIO(rebuilt.data)) as pdf:
        (font,) = pdf.pages[0].obj.Resources.Font.values()
        info = font.DescendantFonts[0].CIDSystemInfo
        assert (str(info.Registry), str(info.Ordering), int(info.Supplement)) == (*told, 2)
        assert font.Encoding == Name("/UniGB-UCS2-H")


def test_a_collection_of_ones_own_loses_its_name() -> None:
    rebuilt = pdfs.rebuild(_collection(Registry=String("Jane"), Ordering=String("Hand"), Supplement=0))
    assert not {b"Jane", b"Hand"} & {part for item in _strings(rebuilt.data) for part in (item,)}


def _strings(data: bytes) -> set[bytes]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        found = [item for item in pdf.objects if isinstance(item, Dictionary | Stream)]
        infos = [item.CIDSystemInfo for item in found if "/CIDSystemInfo" in item]
        return {bytes(value) for info in infos for value in info.values() if isinstance(value, String)}


def _lettered(*, is_told: bool) -> bytes:
    with pikepdf.new() as pdf:
        box = b"0 0 900 900 re f"
        font = reaching.letters(pdf, Dictionary(), **{"A": box, "CANARY-other": box, "CANARY-letter": box})
        if is_told:
            font.ToUnicode = pdf.make_stream(
                b"1 begincodespacerange <00> <ff> endcodespacerange 2 beginbfchar <41> <0061> <43> <0063> endbfchar"
            )
        page = pdf.add_blank_page(page_size=(200, 100)).obj
        page.Resources = Dictionary(Font=Dictionary(F=font))
        page.Contents = pdf.make_stream(b"BT /F 40 Tf 10 10 Td (A) Tj [(C) 5 (A)] TJ ET")
        return pages.saved(pdf)


@pytest.mark.parametrize("is_told", [False, True])
def test_of_letters_that_are_drawn_those_stay_that_are_shown(*, is_told: bool) -> None:
    data = _lettered(is_told=is_told)
    rebuilt = pdfs.rebuild(data)
    assert looking.left(rebuilt.data) == (set() if is_told else {"letter"})
    assert looking.off(data, rebuilt.data) == 0
    with pikepdf.open(io.BytesIO(rebuilt.data)) as pdf:
        (font,) = pdf.pages[0].obj.Resources.Font.values()
        assert len(font.CharProcs.keys()) == 2
    if is_told:
        assert rebuilt.text == "aca"


def test_a_font_whose_letters_are_drawn_has_no_name() -> None:
    with pikepdf.new() as pdf:
        font = reaching.letters(pdf, Dictionary(), A=b"0 0 900 900 re f")
        font.BaseFont = _name("base")
        page = pdf.add_blank_page(page_size=(200, 100)).obj
        page.Resources = Dictionary(Font=Dictionary(F=font))
        page.Contents = pdf.make_stream(b"BT /F 40 Tf 10 10 Td (A) Tj ET")
        data = pages.saved(pdf)
    rebuilt = pdfs.rebuild(data).data
    assert looking.left(rebuilt) == set()
    assert looking.off(data, rebuilt) == 0


def test_letters_shown_by_a_form_in_a_font_that_its_page_sets_stay() -> None:
    with pikepdf.new() as pdf:
        font = reaching.letters(pdf, Dictionary(), A=b"0 0 500 500 re f", B=b"0 0 900 900 re f")
        page = pdf.add_blank_page(page_size=(200, 100)).obj
        form = reaching.form(pdf, b"BT 50 10 Td (B) Tj ET")
        page.Resources = Dictionary(Font=Dictionary(F=font), XObject=Dictionary(X=form))
        page.Contents = pdf.make_stream(b"/F 40 Tf BT 10 10 Td (A) Tj ET /X Do")
        data = pages.saved(pdf)
    assert looking.off(data, pdfs.rebuild(data).data) == 0
    assert looking.inked(data) > 0.02


def test_letters_that_are_drawn_with_letters_stay() -> None:
    with pikepdf.new() as pdf:
        inner = reaching.letters(pdf, Dictionary(), A=b"0 0 500 500 re f", B=b"0 0 900 900 re f")
        words = b"BT /Inner 1000 Tf 0 0 Td (B) Tj ET"
        outer = reaching.letters(pdf, Dictionary(Font=Dictionary(Inner=inner)), A=b"0 0 100 900 re f", B=words)
        page = pdf.add_blank_page(page_size=(200, 100)).obj
        page.Resources = Dictionary(Font=Dictionary(F=outer))
        page.Contents = pdf.make_stream(b"/F 40 Tf BT 10 10 Td (B) Tj ET")
        data = pages.saved(pdf)
    rebuilt = pdfs.rebuild(data).data
    assert looking.off(data, rebuilt) == 0
    with pikepdf.open(io.BytesIO(rebuilt)) as pdf:
        (font,) = pdf.pages[0].obj.Resources.Font.values()
        (under,) = font.Resources.Font.values()
        assert (list(font.CharProcs.keys()), list(under.CharProcs.keys())) == (["/B"], ["/B"])
