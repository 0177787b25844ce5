import io
import re

import numpy as np
import pikepdf
import pytest
import typst
from pikepdf import Array, Dictionary, Name

from organizer.media import PDF_BYTES, Removed, pdfs
from tests.media import bombs, corpus, pages

SET_BY_TYPST = b"""
#set page(width: 14cm, height: 14cm)
= Why we stand here
#lorem(60) #link("https://example.org/letters")[Write a letter]
#grid(columns: 3, column-gutter: 1em,
  rect(fill: gradient.linear(red, blue), width: 3cm, height: 2cm),
  rect(fill: gradient.radial(yellow, green), width: 3cm, height: 2cm),
  rect(fill: tiling(size: (12pt, 12pt))[#circle(radius: 5pt, fill: purple)], width: 3cm, height: 2cm))
#rotate(7deg)[#text(fill: rgb(200, 0, 0, 50%))[Half seen]] $ sum_(n=1)^oo 1/n^2 = pi^2/6 $
#pagebreak()
#lorem(120)
"""


# Nothing rides along.


def test_no_canary_is_left_in_the_pdf_its_text_or_its_previews() -> None:
    planted = corpus.planted_pdf()
    assert len(corpus.pdf_canaries(planted)) >= 80
    rebuilt = pdfs.rebuild(planted)
    assert corpus.pdf_canaries(rebuilt.data) == set()
    told = [rebuilt.text.encode(), repr(rebuilt.links).encode()]
    told += [picture.data for preview in rebuilt.previews for picture in (preview, *preview.previews)]
    assert not any(corpus.canaries(part) for part in told)


def test_a_second_rebuild_finds_nothing_to_take_away() -> None:
    once = pdfs.rebuild(corpus.planted_pdf())
    twice = pdfs.rebuild(once.data)
    assert twice.removed == ()
    assert (twice.text, twice.links, twice.pages) == (once.text, once.links, once.pages)


def test_only_what_was_counted_on_is_in_the_file() -> None:
    with pikepdf.open(io.BytesIO(pdfs.rebuild(corpus.planted_pdf()).data)) as pdf:
        assert pdf.Root.keys() == {"/Pages", "/Type"}
        assert pdf.trailer.keys() <= {"/Root", "/ID", "/Size", "/Type", "/W", "/Index", "/Length", "/Filter",
                                      "/DecodeParms"}  # fmt: skip
        allowed = {"/Type", "/Parent", "/MediaBox", "/Contents", "/Resources", "/Annots"}
        assert all(page.keys() <= allowed for page in (page.obj for page in pdf.pages))


def test_what_was_taken_away_is_told() -> None:
    assert set(pdfs.rebuild(corpus.planted_pdf()).removed) == set(Removed) - {Removed.WORDS}
    assert pdfs.rebuild(pages.made(b"0 0 9 9 re f")).removed == ()


def test_links_lead_to_the_web_and_to_mail_only() -> None:
    rebuilt = pdfs.rebuild(corpus.planted_pdf())
    assert rebuilt.links == ("https://example.org/take-part", "mailto:us@example.org", "https://example.org/next")
    with pikepdf.open(io.BytesIO(rebuilt.data)) as pdf:
        for link in pdf.pages[0].obj.Annots.as_list():
            assert link.keys() == {"/Type", "/Subtype", "/Rect", "/Border", "/A"}
            assert link.A.keys() == {"/S", "/URI"}


# It still looks and reads the same.


def test_a_typeset_pdf_looks_and_reads_as_before() -> None:
    data = typst.compile(SET_BY_TYPST, ignore_system_fonts=True)
    rebuilt = pdfs.rebuild(data)
    for before, after in zip(pages.drawn(data), pages.drawn(rebuilt.data), strict=True):
        assert np.abs(before - after).mean() < 0.2
    assert rebuilt.text.startswith("Why we stand here\nLorem ipsum")
    assert (rebuilt.pages, rebuilt.links) == (2, ("https://example.org/letters",))


def test_the_visible_text_is_told_to_the_uploader() -> None:
    assert corpus.VISIBLE in pdfs.rebuild(corpus.planted_pdf()).text


def test_words_under_a_black_box_are_told_to_the_uploader() -> None:
    fonts = Dictionary(Font=Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)))
    content = b"BT /F 12 Tf 20 50 Td (her real name) Tj ET 0 g 10 40 120 30 re f"
    assert "her real name" in pdfs.rebuild(pages.made(content, resources=fonts)).text


def test_each_of_the_first_pages_has_a_wide_and_a_small_preview() -> None:
    previews = pdfs.rebuild(pages.made(*[b"0 0 9 9 re f"] * 6)).previews
    assert len(previews) == 4
    for preview in previews:
        (small,) = preview.previews
        assert [(seen.content_type, seen.width, seen.height) for seen in (preview, small)] == [
            ("image/webp", 1200, 600),
            ("image/webp", 480, 240),
        ]


def test_a_very_long_page_has_a_preview_of_a_size_that_can_be_shown() -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(100, 14_000))
        (preview,) = pdfs.rebuild(pages.saved(pdf)).previews
    assert preview.height == 2400


def test_pages_inherit_from_their_tree_and_keep_their_turn() -> None:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(200, 100)).obj
        pdf.Root.Pages.update(Dictionary(MediaBox=page.MediaBox, Rotate=90))
        del page["/MediaBox"]
        rebuilt = pdfs.rebuild(pages.saved(pdf))
    assert (rebuilt.previews[0].width, rebuilt.previews[0].height) == (1200, 2400)


def test_the_same_upload_gives_the_same_bytes() -> None:
    assert pdfs.rebuild(corpus.planted_pdf()).data == pdfs.rebuild(corpus.planted_pdf()).data


def test_content_cut_into_pieces_is_put_together() -> None:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(100, 100))
        page.Contents = Array([pdf.make_stream(part) for part in (b"1 0 0", b"rg 0 0 100", b"100 re f")])
        assert pages.drawn(pdfs.rebuild(pages.saved(pdf)).data)[0][50, 50].tolist() == [0, 0, 255]


# Refusals.


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "pdf_kind"),
        (b"hello", "pdf_kind"),
        (b"PK\x03\x04" + bytes(100), "pdf_kind"),
        (b"%PDF-1.7\n", "pdf_damaged"),
        (b"%PDF-" + bytes(PDF_BYTES), "pdf_bytes"),
        (bombs.pdf(bombs.CATALOGUE, b"<</Type/Pages/Count 0/Kids[]>>"), "pdf_damaged"),
        (bombs.pdf(b"<</Type/Catalog>>"), "pdf_damaged"),
    ],
)
def test_other_files_are_refused_with_a_reason(data: bytes, reason: str) -> None:
    assert pages.reason(data) == reason


@pytest.mark.parametrize("user", ["", "secret"])
def test_a_locked_pdf_is_refused(user: str) -> None:
    assert pages.reason(pages.made(b"", encryption=pikepdf.Encryption(owner="owner", user=user))) == "pdf_locked"


def test_forty_pages_are_enough() -> None:
    assert pdfs.rebuild(pages.made(*[b""] * 40)).pages == 40
    assert pages.reason(pages.made(*[b""] * 41)) == "pdf_pages"


def test_too_many_objects_are_refused() -> None:
    many = re.sub(rb"/Size \d+", b"/Size 50001", pages.made(b"", object_stream_mode=pikepdf.ObjectStreamMode.disable))
    assert pages.reason(many) == "pdf_complex"


@pytest.mark.parametrize("box", [[0, 0, 0, 0], [0, 0, 1, 100], [0, 0, 100, 20_000], [0, 0, 1e9, 1e9]])
def test_a_page_that_nobody_can_show_is_refused(box: list[float]) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page().MediaBox = Array(box)
        assert pages.reason(pages.saved(pdf)) == "pdf_damaged"


def test_a_word_where_a_number_belongs_is_damage() -> None:
    note = b"/Annots[<</Subtype/Link/Rect[/A]/A<</S/URI/URI(https://x.example)>>>>]/Parent 2 0 R"
    page = bombs.page().replace(b"/Parent 2 0 R", note)
    assert pages.reason(bombs.pdf(bombs.CATALOGUE, bombs.PAGES, page, bombs.stream(b"", b""))) == "pdf_damaged"


def test_a_half_uploaded_pdf_is_damaged() -> None:
    data = corpus.planted_pdf()
    assert pages.reason(data[: len(data) // 2]) == "pdf_damaged"
