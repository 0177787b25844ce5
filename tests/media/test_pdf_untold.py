"""Words that are in the file though no page tells them: the uploader is shown these too."""

import pikepdf
from pikepdf import Array, Dictionary, Name

from organizer.media import sandbox
from tests.media import pages, reaching


def test_words_in_tiles_masks_and_drawn_letters_are_told() -> None:
    with pikepdf.new() as pdf:
        fonts = Dictionary(Font=Dictionary(F=reaching.font(pdf)))
        tile = reaching.tiles(pdf, b"BT /F 9 Tf (tiled) Tj ET", fonts)
        group = Dictionary(S=Name.Transparency, CS=Name.DeviceGray)
        inner = reaching.form(pdf, b"BT /F 9 Tf 20 20 Td (masked) Tj ET", fonts)
        mask = reaching.form(pdf, b"/I Do", Dictionary(XObject=Dictionary(I=inner)), Group=group)
        letters = reaching.letters(pdf, fonts, A=b"BT /F 500 Tf (lettered) Tj ET", B=b"0 0 500 500 re f")
        page = pdf.add_blank_page(page_size=(200, 100)).obj
        page.Resources = Dictionary(
            Font=Dictionary(T=letters, F=reaching.font(pdf)),
            Pattern=Dictionary(P=tile),
            ExtGState=Dictionary(M=Dictionary(SMask=Dictionary(S=Name.Luminosity, G=mask, BC=Array([0])))),
        )
        page.Contents = pdf.make_stream(
            b"BT /F 9 Tf 20 80 Td (shown) Tj /T 9 Tf (AB) Tj ET /Pattern cs /P scn 0 0 50 50 re f /M gs 50 0 50 50 re f"
        )
        data = pages.saved(pdf)
    told = sandbox.run("pdfs", data).text
    assert told.startswith("shown")
    for word in ("tiled", "masked", "lettered"):
        assert told.count(word) == 1


def test_a_page_that_tells_all_its_words_tells_them_once() -> None:
    assert sandbox.run("pdfs", pages.made(b"0 0 9 9 re f")).text == ""


def test_a_mask_that_belongs_to_a_hidden_layer_tells_nothing() -> None:
    with pikepdf.new() as pdf:
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="off"))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
        mask = reaching.form(pdf, b"BT /F 9 Tf (masked) Tj ET", Dictionary(Font=Dictionary(F=reaching.font(pdf))))
        mask.OC, mask.Group = layer, Dictionary(S=Name.Transparency, CS=Name.DeviceGray)
        page = pdf.add_blank_page(page_size=(200, 100)).obj
        page.Resources = Dictionary(ExtGState=Dictionary(M=Dictionary(SMask=Dictionary(S=Name.Luminosity, G=mask))))
        page.Contents = pdf.make_stream(b"/M gs 50 0 50 50 re f")
        data = pages.saved(pdf)
    assert sandbox.run("pdfs", data).text == ""
