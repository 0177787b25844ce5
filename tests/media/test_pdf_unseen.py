"""Pictures that are drawn with nothing of their colours are not in what is made of the file."""

import io
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream

from organizer.media import Removed, pdfs
from tests.media import corpus, figures, looking, pages

INLINE = b"BI /W 2 /H 2 /BPC 8 /CS /G ID abcd EI"
SHOWN = b"q 20 0 0 20 70 70 cm /Y Do Q"


def _page(content: bytes) -> bytes:
    """Return a page whose pictures X and Y, group V, form F and states A (0), B (1) and C (lines alone) it may draw."""
    with pikepdf.new() as pdf:
        photo = zlib.compress(corpus.photo((60, 60)).tobytes())
        other = zlib.compress(corpus.photo((60, 60)).rotate(90).tobytes())
        inner = figures.image(pdf, photo, "/FlateDecode")
        form = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": Array([0, 0, 1, 1])}
        resources = Dictionary(XObject=Dictionary(I=inner))
        group = Dictionary(S=Name.Transparency)
        drawn = Dictionary(
            X=inner,
            Y=figures.image(pdf, other, "/FlateDecode"),
            V=pdf.make_stream(b"/I Do", **form, Resources=resources, Group=group),
            F=pdf.make_stream(b"/I Do", **form, Resources=resources),
        )
        page = pdf.add_blank_page(page_size=(100, 100)).obj
        states = Dictionary({"/A": Dictionary(ca=0), "/B": Dictionary(ca=1), "/C": Dictionary(CA=0)})
        page.Resources = Dictionary(XObject=drawn, ExtGState=states)
        page.Contents = pdf.make_stream(content + b" " + SHOWN)
        return pages.saved(pdf)


def _images(data: bytes) -> int:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        found = (item for item in pdf.objects if isinstance(item, Stream) and item.get("/Subtype") == Name.Image)
        return len(list(found))


UNSEEN = [
    b"q /A gs 50 0 0 50 0 0 cm /X Do Q",
    b"q /#41 gs 50 0 0 50 0 0 cm /#58 Do Q",
    b"q /A gs q /C gs 50 0 0 50 0 0 cm /X Do Q Q",
    b"q /A gs q /B gs Q 50 0 0 50 0 0 cm /X Do Q",
    b"q /A gs 50 0 0 50 0 0 cm /V Do Q",
]


@pytest.mark.parametrize("content", UNSEEN)
def test_a_picture_that_is_drawn_with_nothing_of_it_is_gone(content: bytes) -> None:
    data = _page(content)
    made = pdfs.rebuild(data)
    assert _images(made.data) == 1
    assert made.removed == (Removed.PICTURE_DATA,)
    assert looking.off(data, made.data) == 0
    assert looking.inked(made.data) > 0.03


@pytest.mark.parametrize(
    "content",
    [
        b"q /A gs Q 50 0 0 50 0 0 cm /X Do",
        b"q /A gs /B gs 50 0 0 50 0 0 cm /X Do Q",
        b"q /C gs 50 0 0 50 0 0 cm /X Do Q",
        b"q /A gs 50 0 0 50 0 0 cm /X Do Q q 50 0 0 50 0 0 cm /X Do Q",
        b"q /A gs 50 0 0 50 0 0 cm /F Do Q",
    ],
)
def test_a_picture_that_may_be_seen_stays(content: bytes) -> None:
    data = _page(content)
    made = pdfs.rebuild(data)
    assert _images(made.data) == 2
    assert looking.off(data, made.data) == 0


def test_a_picture_within_the_content_that_is_drawn_with_nothing_of_it_is_gone() -> None:
    made = pdfs.rebuild(_page(b"q /A gs 50 0 0 50 0 0 cm " + INLINE + b" Q q 9 0 0 9 0 0 cm " + INLINE + b" Q"))
    with pikepdf.open(io.BytesIO(made.data)) as pdf:
        assert pdf.pages[0].obj.Contents.read_bytes().count(b"abcd") == 1
    assert made.removed == (Removed.PICTURE_DATA,)
