import io

import numpy as np
import pikepdf
import pytest
from pikepdf import Dictionary

from organizer.media import pdfs
from tests.media import bombs, corpus, pages

SPACES = {
    "indexed by a string": (b"[/Indexed/DeviceRGB 1<ff00000000ff>]", b"1"),
    "indexed by a stream": (b"[/Indexed/DeviceRGB 1 5 0 R]", b"1"),
    "spot colour": (b"[/Separation/Spot/DeviceRGB 6 0 R]", b".7"),
    "two spot colours": (b"[/DeviceN[/One/Two]/DeviceRGB 7 0 R]", b".7 .2"),
    "calibrated": (b"[/CalRGB<</WhitePoint[.95 1 1.09]/Gamma[2.2 2.2 2.2]>>]", b".9 .1 .3"),
    "lab": (b"[/Lab<</WhitePoint[.95 1 1.09]/Range[-100 100 -100 100]>>]", b"60 50 -20"),
}


@pytest.mark.parametrize("space", SPACES)
def test_colours_look_as_before_in_every_space(space: str) -> None:
    definition, colour = SPACES[space]
    data = bombs.one_page(
        b"/C cs %b sc 0 0 600 800 re f" % colour,
        b"/ColorSpace<</C %b>>" % definition,
        bombs.stream(b"", b"\xff\0\0\0\0\xff"),
        b"<</FunctionType 2/Domain[0 1]/C0[1 1 1]/C1[.2 .1 .9]/N 1>>",
        bombs.stream(b"/FunctionType 4/Domain[0 1 0 1]/Range[0 1 0 1 0 1]", b"{ % blue\n 0.5 }"),
    )
    before, after = pages.drawn(data)[0], pages.drawn(pdfs.rebuild(data).data)[0]
    assert np.array_equal(before, after)
    assert len(set(before[9, 9].tolist())) > 1


def test_a_profile_gives_way_to_the_plain_space_of_as_many_colours() -> None:
    keys = b"/ColorSpace<</C[/ICCBased 5 0 R]>>"
    data = bombs.one_page(b"/C cs 1 0 0 sc 0 0 600 800 re f", keys, bombs.stream(b"/N 3", corpus.profile()))
    assert pages.drawn(pdfs.rebuild(data).data)[0][9, 9].tolist() == pytest.approx([0, 0, 255], abs=3)


MASKED = (
    b"/ExtGState<</G<</SMask<</S/Luminosity/G 5 0 R>>>>>>",
    b"/G gs 0 0 600 800 re f",
    bombs.stream(
        b"/Subtype/Form/BBox[0 0 600 800]/Group<</S/Transparency/CS/DeviceGray>>/Resources<<>>", b"1 g 0 0 300 800 re f"
    ),
)
TILED = (
    b"/Pattern<</P 5 0 R>>",
    b"/Pattern cs /P scn 0 0 600 800 re f",
    bombs.stream(
        b"/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 9 9]/XStep 20/YStep 20/Resources<<>>",
        b"1 0 0 rg 0 0 9 9 re f",
    ),
)
GLYPHS = (
    b"/Font<</F 5 0 R>>",
    b"BT /F 90 Tf 100 400 Td (a a) Tj ET",
    (
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 97/Widths[1]"
        b"/Encoding<</Differences[97/a]>>/CharProcs<</a 6 0 R>>>>"
    ),
    bombs.stream(b"", b"1 0 0 0 1 1 d1 0 0 1 1 re f"),
)
MESHED = (
    b"/Shading<</S 5 0 R>>",
    b"/S sh",
    bombs.stream(
        b"/ShadingType 4/ColorSpace/DeviceRGB/BitsPerCoordinate 8/BitsPerComponent 8/BitsPerFlag 8"
        b"/Decode[0 600 0 800 0 1 0 1 0 1]",
        b"\0\0\0\xff\0\0\0\xff\0\0\xff\0\0\x80\xff\0\0\xff",
    ),
)


@pytest.mark.parametrize("parts", [MASKED, TILED, GLYPHS, MESHED], ids=["mask", "tiles", "glyphs", "mesh"])
def test_masks_tiles_drawn_letters_and_meshes_look_as_before(parts: tuple[bytes, ...]) -> None:
    resources, content, *objects = parts
    data = bombs.one_page(content, resources, *objects)
    before, after = pages.drawn(data)[0], pages.drawn(pdfs.rebuild(data).data)[0]
    assert np.array_equal(before, after)
    assert before.min() < 255 == before.max()


@pytest.mark.parametrize("space", [b"/Cs1", b"[/G]", b"[/I/DeviceGray 1<0000>]", b"[/Separation/Spot/DeviceGray/Lost]"])
def test_an_image_whose_colours_cannot_be_read_is_refused_for_it_may_cover_something(space: bytes) -> None:
    image = b"/Type/XObject/Subtype/Image/Width 2/Height 2/BitsPerComponent 8/ColorSpace " + space
    data = bombs.one_page(
        b"/X Do", b"/XObject<</X 5 0 R>>/ColorSpace<</Cs1/DeviceGray>>", bombs.stream(image, bytes(4))
    )
    assert pages.reason(data) == "pdf_complex"


def test_names_in_an_old_japanese_encoding_are_kept() -> None:
    font = pikepdf.Object.parse(b"<</Type/Font/Subtype/Type1/BaseFont/#82l#82r>>")
    fonts = Dictionary()
    fonts["/\udc82l"] = font
    content = b"BT /#82l 12 Tf 10 10 Td (words) Tj ET"
    rebuilt = pdfs.rebuild(pages.made(content, resources=Dictionary(Font=fonts)))
    with pikepdf.open(io.BytesIO(rebuilt.data)) as pdf:
        (copied,) = pdf.pages[0].obj.Resources.Font.values()
        assert copied.BaseFont.unparse() == b"/#82l#82r"
    assert rebuilt.text == "words"
