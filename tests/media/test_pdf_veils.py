"""What masks hide that are set for all that follows is not in what is made of the file."""

import io
import zlib
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image, ImageDraw, ImageFont

from organizer.media import Removed, pdf_drawn, pdf_veils, pdfs
from tests.media import corpus, figures, looking, pages

SIZE = (200, 200)
HALF = b"1 g 0 100 200 100 re f"
"""Shows the upper half of the page."""
SHOWN = b"200 0 0 200 0 0 cm /X Do"


def _photo() -> Image.Image:
    image = corpus.photo(SIZE)
    ImageDraw.Draw(image).text((10, 120), "JANE", fill="white", font=ImageFont.load_default(60))
    return image


def _form(pdf: pikepdf.Pdf, content: bytes, **keys: Any) -> Stream:
    told = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": Array([0, 0, 400, 400]), **keys}
    return pdf.make_stream(content, **told)


def _page(content: bytes, mask: bytes = HALF, kind: str = "/Luminosity", inner: bytes = SHOWN, **keys: Any) -> bytes:
    """Return a page that may draw photo X under mask M, group V and form F that draw `inner`, and end masks (N)."""
    with pikepdf.new() as pdf:
        photo = figures.encoded(_photo(), "JPEG", quality=95)
        image = figures.image(pdf, photo, "/DCTDecode", Width=SIZE[0], Height=SIZE[1], **keys)
        group = Dictionary(S=Name.Transparency, CS=Name.DeviceGray)
        soft = Dictionary(Type=Name.Mask, S=Name(kind), G=_form(pdf, mask, Group=group))
        states = Dictionary(M=Dictionary(SMask=soft), N=Dictionary(SMask=Name("/None")))
        own = Dictionary(XObject=Dictionary(X=image), ExtGState=states)
        forms: dict[str, Any] = {
            "V": _form(pdf, inner, Resources=own, Group=group),
            "F": _form(pdf, inner, Resources=own),
        }
        tiling: dict[str, Any] = {"PatternType": 1, "PaintType": 1, "TilingType": 1, "XStep": 200, "YStep": 200}
        pattern = pdf.make_stream(SHOWN, **tiling, BBox=Array([0, 0, *SIZE]), Resources=own)
        page = pdf.add_blank_page(page_size=SIZE).obj
        drawn = Dictionary(XObject=Dictionary(X=image, **forms), ExtGState=states, Pattern=Dictionary(P=pattern))
        page.Resources, page.Contents = drawn, pdf.make_stream(content)
        return pages.saved(pdf)


def _steps(data: bytes) -> int:
    """Return how far apart the colours are of what the picture has in its lower half, the edge aside."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        found = (item for item in pdf.objects if isinstance(item, Stream) and item.get("/Subtype") == Name.Image)
        (image,) = (item for item in found if int(item.Width) == SIZE[0])
        seen = pdf_drawn.seen(image, SIZE, in_grey=False).crop((0, 120, 200, 200))
    return max(high - low for low, high in seen.getextrema())  # type: ignore[misc] # three bands have three pairs


HIDDEN: dict[str, tuple[bytes, dict[str, Any]]] = {
    "by how bright it is": (b"/M gs " + SHOWN, {}),
    "by what it covers": (b"/M gs " + SHOWN, {"kind": "/Alpha"}),
    "before it is moved": (b"q .5 0 0 .5 0 0 cm /M gs 400 0 0 400 0 0 cm /X Do Q", {"mask": b"1 g 0 200 400 200 re f"}),
    "turned and mirrored": (
        b"q -1 0 0 -1 200 200 cm /M gs -200 0 0 -200 200 200 cm /X Do Q",
        {"mask": b"1 g 0 0 200 100 re f"},
    ),
    "in a group": (b"/M gs /V Do", {}),
    "in a form": (b"/M gs /F Do", {}),
    "within a form": (b"/F Do", {"inner": b"/M gs " + SHOWN}),
    "in a group, where another begins": (b"/M gs /V Do", {"inner": b"/M gs " + SHOWN}),
    "twice": (b"q /M gs " + SHOWN + b" Q q .5 0 0 .5 0 50 cm /M gs " + SHOWN + b" Q", {}),
    "with a scale of grey below": (b"/M gs " + SHOWN, {"mask": b"1 g 0 110 200 90 re f .01 g 0 0 200 110 re f"}),
}


@pytest.mark.parametrize("how", HIDDEN)
def test_what_a_mask_hides_wherever_a_picture_is_drawn_is_gone(how: str) -> None:
    content, told = HIDDEN[how]
    data = _page(content, **told)
    made = pdfs.rebuild(data)
    assert _steps(data) > 100
    assert _steps(made.data) <= 12
    assert made.removed == (Removed.PICTURE_DATA,)
    assert looking.off(data, made.data) < looking.MOST_OFF
    assert looking.inked(made.data) > 0.2


@pytest.mark.parametrize(
    "content",
    [
        b"q /M gs " + SHOWN + b" Q q .1 0 0 .1 0 0 cm " + SHOWN + b" Q",
        b"q /M gs " + SHOWN + b" Q q /M gs q 1 0 0 1 0 100 cm " + SHOWN + b" Q Q",
        b"/M gs /N gs " + SHOWN,
        b"q /M gs Q " + SHOWN,
        b"q /M gs " + SHOWN + b" Q /Pattern cs /P scn 0 0 90 90 re f",
    ],
)
def test_what_is_seen_of_a_picture_anywhere_stays(content: bytes) -> None:
    data = _page(content)
    made = pdfs.rebuild(data)
    assert _steps(made.data) > 100
    assert looking.off(data, made.data) < looking.MOST_OFF


def test_where_much_is_drawn_under_masks_it_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    data = _page(b"/M gs " + SHOWN)
    for figure in ("MOST_BYTES", "MOST_OPERATORS", "MOST_USES", "MOST_NESTED"):
        with monkeypatch.context() as patched:
            patched.setattr(pdf_veils, figure, 0)
            assert _steps(pdfs.rebuild(_page(b"/M gs /F Do") if figure == "MOST_NESTED" else data).data) > 100


def test_a_picture_of_no_size_is_no_matter() -> None:
    data = _page(b"/M gs 0 0 0 0 0 0 cm /X Do")
    assert looking.off(data, pdfs.rebuild(data).data) == 0


@pytest.mark.parametrize("key", ["/SMask", "/Mask"])
def test_a_picture_with_a_mask_of_its_own_counts_for_itself(key: str) -> None:
    with pikepdf.open(io.BytesIO(_page(b"/M gs " + SHOWN))) as pdf:
        image = pdf.pages[0].obj.Resources.XObject.X
        soft = figures.image(pdf, zlib.compress(b"\xff" * 3600), "/FlateDecode", ColorSpace=Name.DeviceGray)
        image[key] = soft if key == "/SMask" else Array([0, 0] * 3)
        data = pages.saved(pdf)
    made = pdfs.rebuild(data)
    assert _steps(made.data) > 100
    assert looking.off(data, made.data) < looking.MOST_OFF
