"""What lies over a page: drawings become part of it, links stay, all else goes."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from organizer.media import RebuiltPdf, Removed, pdf_flat, pdfs, sandbox
from tests.media import looking, pages

SECRET = b"BT /F 20 Tf 50 50 Td (Marigold) Tj ET"
BLACK = b"0 g 0 0 200 30 re f"
KINDS = ("Square", "Circle", "Stamp", "FreeText", "Ink", "Line", "Polygon", "Highlight", "Redact", "Caret", "Watermark")
FONTS = b"<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"


def _read(keys: dict[str, Any]) -> dict[str, Any]:
    """Return the values as objects of their own, where they are written as in a file."""
    return {key: pikepdf.Object.parse(told) if isinstance(told, bytes) else told for key, told in keys.items()}


def _note(pdf: pikepdf.Pdf, kind: str, content: bytes | None = BLACK, **keys: Any) -> pikepdf.Object:
    """Return an annotation that draws this over the secret; the form has the keys under `look`."""
    form = {"BBox": Array([0, 0, 200, 30]), "Type": Name.XObject, "Subtype": Name.Form, **_read(keys.pop("look", {}))}
    drawn = {} if content is None else {"AP": Dictionary(N=pdf.make_stream(content, **form))}
    told = {"Rect": Array([40, 42, 190, 72]), "F": 4, "Contents": String("CANARY-contents"), **drawn, **_read(keys)}
    return pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name(f"/{kind}"), **told))


def _page(pdf: pikepdf.Pdf, *notes: pikepdf.Object, content: bytes = SECRET, **keys: Any) -> bytes:
    page = pdf.add_blank_page(page_size=(200, 100)).obj
    page.Contents, page.Annots = pdf.make_stream(content), Array(list(notes))
    page.update(Dictionary(**_read({"Resources": FONTS, **keys})))
    return pages.saved(pdf)


def _made(kind: str, content: bytes | None = BLACK, **keys: Any) -> bytes:
    with pikepdf.new() as pdf:
        return _page(pdf, _note(pdf, kind, content, **keys))


def _is_black(data: bytes) -> bool:
    """Whether there is nothing but black where the secret stood."""
    (page,) = looking.pages(data)
    return int(page[48:75, 64:250].max()) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_box_over_a_name_stays_over_it_and_in_the_picture_nothing_is_below(kind: str) -> None:
    data = _made(kind)
    rebuilt = pdfs.rebuild(data)
    assert _is_black(data)
    assert _is_black(rebuilt.data)
    assert _is_black(pdf_flat.flatten(rebuilt.data).data)
    assert "Marigold" in rebuilt.text
    assert rebuilt.removed == (Removed.ANNOTATIONS,)
    assert looking.left(rebuilt.data) == set()


def test_what_words_are_drawn_over_a_page_are_told() -> None:
    words = {"Resources": FONTS}
    assert "Come all" in pdfs.rebuild(_made("FreeText", b"BT /F 9 Tf 5 5 Td (Come all) Tj ET", look=words)).text


@pytest.mark.parametrize("kind", ["Text", "Popup", "FileAttachment", "Sound", "Movie", "Screen", "3D", "RichMedia"])
def test_marks_for_something_else_go(kind: str) -> None:
    rebuilt = pdfs.rebuild(_made(kind))
    assert not _is_black(rebuilt.data)
    assert rebuilt.removed == (Removed.ANNOTATIONS,)


@pytest.mark.parametrize("flags", [2, 32, 38])
def test_what_is_hidden_is_not_drawn(flags: int) -> None:
    assert not _is_black(pdfs.rebuild(_made("Square", F=flags)).data)
    assert pdfs.rebuild(_made("Square", None, F=flags)).removed == (Removed.ANNOTATIONS,)


@pytest.mark.parametrize("holder", ["note", "look"])
def test_what_lies_in_a_layer_that_is_off_is_not_drawn(holder: str) -> None:
    with pikepdf.new() as pdf:
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="CANARY-layer"))
        pdf.Root.OCProperties = Dictionary(OCGs=[layer], D=Dictionary(OFF=[layer]))
        keys: dict[str, Any] = {"OC": layer} if holder == "note" else {"look": {"OC": layer}}
        rebuilt = pdfs.rebuild(_page(pdf, _note(pdf, "Square", **keys)))
    assert not _is_black(rebuilt.data)
    assert looking.left(rebuilt.data) == set()


@pytest.mark.parametrize("kind", ["Square", "Stamp", "Ink", "Redact", "Highlight"])
@pytest.mark.parametrize("keys", [{}, {"AP": b"<<>>"}, {"AP": b"<</N<</On<<>>>>>>"}])
def test_a_drawing_that_does_not_say_how_it_looks_is_refused(kind: str, keys: dict[str, Any]) -> None:
    assert pages.reason(_made(kind, None, **keys)) == "pdf_drawings"


def test_a_drawing_that_does_not_say_where_it_is_is_refused() -> None:
    with pikepdf.new() as pdf:
        note = _note(pdf, "Square")
        del note["/Rect"]
        assert pages.reason(_page(pdf, note)) == "pdf_drawings"


@pytest.mark.parametrize(
    "look",
    [
        {"BBox": b"[50 10 100 20]"},
        {"BBox": b"[200 30 0 0]"},
        {"Matrix": b"[0 1 -1 0 30 -20]"},
        {"Matrix": b"[0.5 0.2 -0.1 2 3 4]"},
        {"Group": b"<</S/Transparency/I true>>"},
        {"BBox": b"[0 0 0 0]"},
    ],
)
@pytest.mark.parametrize(("turn", "flags"), [(0, 4), (90, 4), (0, 20), (90, 20), (180, 20), (270, 20)])
def test_a_drawing_lies_where_readers_show_it(look: dict[str, Any], turn: int, flags: int) -> None:
    with pikepdf.new() as pdf:
        note = _note(pdf, "Stamp", b"1 0 0 rg 5 5 60 20 re f 0 0 1 rg 60 12 30 30 re f", look=look, F=flags)
        data = _page(pdf, note, Rotate=turn)
    assert looking.off(data, pdfs.rebuild(data).data) < looking.MOST_OFF


@pytest.mark.parametrize("content", [b"q q .2 0 0 .2 9 9 cm", b"Q Q .2 0 0 .2 9 9 cm", b"BT 9 9 Td 0 0 5 5 re W", b"("])
def test_whatever_state_the_page_leaves_the_drawing_is_where_it_was(content: bytes) -> None:
    with pikepdf.new() as pdf:
        assert _is_black(pdfs.rebuild(_page(pdf, _note(pdf, "Square"), content=SECRET + b" " + content)).data)


def test_a_marker_lets_words_shine_through() -> None:
    yellow = {"Resources": b"<</ExtGState<</G<</BM/Multiply>>>>>>", "Group": b"<</S/Transparency>>"}
    data = _made("Highlight", b"/G gs 1 1 0 rg 0 0 200 30 re f", look=yellow)
    rebuilt = pdfs.rebuild(data)
    assert looking.off(data, rebuilt.data) < looking.MOST_OFF
    assert int(looking.pages(rebuilt.data)[0].min(axis=2).max()) == 255
    assert int(looking.pages(rebuilt.data)[0].max(axis=2).min()) < 100


def test_a_drawing_has_the_resources_of_its_page_where_it_has_none() -> None:
    assert "Come all" in pdfs.rebuild(_made("FreeText", b"BT /F 9 Tf 5 5 Td (Come all) Tj ET")).text


def test_a_look_that_says_it_is_a_picture_is_drawn() -> None:
    assert _is_black(pdfs.rebuild(_made("Stamp", look={"Subtype": Name.Image})).data)


def _field(pdf: pikepdf.Pdf, **keys: Any) -> pikepdf.Object:
    field = _note(pdf, "Widget", keys.pop("content", None), **keys)
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))
    return field


def test_a_filled_field_is_drawn_as_readers_show_it() -> None:
    look = {"Resources": FONTS}
    with pikepdf.new() as pdf:
        words = b"/Tx BMC q .9 1 .9 rg 0 0 200 30 re f BT 0 g /F 5 Tf 5 5 Td (Two trays) Tj ET Q EMC"
        data = _page(pdf, _field(pdf, content=words, look=look, FT=Name.Tx, T="bring", V="Two trays"), content=b"")
    rebuilt = pdfs.rebuild(data)
    assert looking.inked(rebuilt.data) > 0.005
    assert looking.off(data, rebuilt.data) < looking.MOST_OFF
    assert set(rebuilt.removed) == {Removed.ANNOTATIONS, Removed.FORMS}
    assert "Two trays" in rebuilt.text


@pytest.mark.parametrize(("state", "is_drawn"), [("On", True), ("Off", False), ("Other", False)])
def test_a_box_is_ticked_or_not(state: str, is_drawn: bool) -> None:
    with pikepdf.new() as pdf:
        form = pdf.make_stream(BLACK, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 200, 30]))
        looks = Dictionary(N=Dictionary(On=form))
        data = _page(pdf, _field(pdf, FT=Name.Btn, T="tick", AS=Name(f"/{state}"), AP=looks))
    assert _is_black(data) == is_drawn
    assert _is_black(pdfs.rebuild(data).data) == is_drawn


@pytest.mark.parametrize(
    ("keys", "is_taken"),
    [
        ({"FT": Name.Tx}, True),
        ({"FT": Name.Tx, "V": b"()"}, True),
        ({"FT": Name.Tx, "V": b"(Two trays)"}, False),
        ({"FT": Name.Tx, "MK": b"<</BG[0]>>"}, False),
        ({"FT": Name.Sig, "MK": b"<</BG[0]>>"}, True),
        ({"Parent": b"<</FT/Tx/V(Two trays)>>"}, False),
        ({"FT": Name.Btn, "V": Name.Off}, True),
    ],
)
def test_a_field_that_shows_something_and_does_not_say_how_is_refused(keys: dict[str, Any], is_taken: bool) -> None:
    with pikepdf.new() as pdf:
        data = _page(pdf, _field(pdf, **keys))
    if is_taken:
        assert pdfs.rebuild(data).pages == 1
    else:
        assert pages.reason(data) == "pdf_drawings"


# Links.


def _linked(address: str = "https://example.org/a", **keys: Any) -> RebuiltPdf:
    with pikepdf.new() as pdf:
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="layer"))
        pdf.Root.OCProperties = Dictionary(OCGs=[layer], D=Dictionary(OFF=[layer]))
        if keys.pop("is_in_layer", False):
            keys["OC"] = layer
        note = _note(pdf, "Link", None, A=Dictionary(S=Name.URI, URI=String(address)), **keys)
        return pdfs.rebuild(_page(pdf, note, CropBox=b"[20 0 180 100]"))


@pytest.mark.parametrize(
    "keys",
    [
        {"is_in_layer": True},
        {"F": 2},
        {"F": 32},
        {"Rect": b"[900 900 910 910]"},
        {"Rect": b"[0 0 20 20]"},
        {"Rect": b"[50 50 50 60]"},
        {"address": "https://user:CANARY@x.example/"},
        {"address": "HTTPS://user@x.example"},
        {"address": "https:///user:CANARY@x.example/"},
        {"address": "https://a\\@x.example/"},
    ],
)
def test_a_link_that_nobody_sees_or_that_signs_somebody_in_is_left_out(keys: dict[str, Any]) -> None:
    rebuilt = _linked(**keys)
    assert rebuilt.links == ()
    assert b"/URI" not in looking_at(rebuilt.data)
    assert rebuilt.removed == (Removed.ANNOTATIONS,)


@pytest.mark.parametrize(
    "address", ["https://x.example/@us", "https://x.example?to=a@b", "mailto:us@x.example", "http://x.example#a@b"]
)
def test_other_links_stay(address: str) -> None:
    rebuilt = _linked(address, F=4)
    assert rebuilt.links == (address,)
    assert rebuilt.removed == ()


def test_what_a_link_draws_is_drawn_and_it_stays_a_link() -> None:
    with pikepdf.new() as pdf:
        data = _page(pdf, _note(pdf, "Link", A=Dictionary(S=Name.URI, URI=String("https://example.org/"))))
    rebuilt = pdfs.rebuild(data)
    assert _is_black(rebuilt.data)
    assert rebuilt.links == ("https://example.org/",)


def looking_at(data: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return b"".join(item.unparse(resolved=True) for item in pdf.objects)


# Bombs.


@pytest.mark.parametrize(("count", "reason"), [(2001, "pdf_complex"), (10_000, "pdf_complex")])
def test_too_many_annotations_are_refused(count: int, reason: str) -> None:
    with pikepdf.new() as pdf:
        notes = [_note(pdf, "Square") for _ in range(count)]
        assert pages.reason(_page(pdf, *notes)) == reason


def test_a_page_full_of_strokes_is_taken_by_the_sandbox() -> None:
    with pikepdf.new() as pdf:
        notes = [_note(pdf, "Ink", b"0 0 m %d 30 l S" % at) for at in range(1000)]
        data = _page(pdf, *notes)
    assert sandbox.run("pdfs", data).pages == 1


def test_drawings_that_unfold_to_too_much_are_refused() -> None:
    with pikepdf.new() as pdf:
        form = pdf.make_stream(b"0 0 1 1 re f " * 500, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
        form = pdf.make_indirect(form)
        own = {"Resources": Dictionary(XObject=Dictionary(X=form))}
        notes = [_note(pdf, "Stamp", b"/X Do " * 500, look=own) for _ in range(10)]
        assert pages.reason(_page(pdf, *notes)) == "pdf_complex"


def test_a_drawing_that_draws_itself_is_refused() -> None:
    with pikepdf.new() as pdf:
        note = _note(pdf, "Stamp", b"/X Do")
        note.AP.N.Resources = Dictionary(XObject=Dictionary(X=note.AP.N))
        assert pages.reason(_page(pdf, note)) == "pdf_complex"
