"""A smaller PDF to send on, shown by rendering it."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Dictionary, Name

from organizer.media import printing
from tests.media import pages
from tests.media.pages import difference, seen, with_photo


@pytest.mark.parametrize("mask", [False, True])
def test_large_pictures_become_smaller_and_look_alike(mask: bool) -> None:
    data = with_photo((1500, 1000), mask=mask)
    made = printing.screen(data).data
    assert len(made) < len(data) / 3
    assert difference(seen(made, 1)[0], seen(data, 1)[0]) < 2
    with pikepdf.open(io.BytesIO(made)) as pdf:
        (image,) = pdf.pages[0].obj.Resources.XObject.values()
        assert image.Width == pytest.approx(150 / 72 * 110, abs=1)
        assert ("/SMask" in image) == mask


def test_a_picture_within_a_form_is_measured_where_it_is_drawn() -> None:
    data = with_photo((1500, 1000))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        page = pdf.pages[0].obj
        form = pdf.make_stream(page.Contents.read_bytes(), Type=Name.XObject, Subtype=Name.Form, BBox=page.MediaBox)
        form.Resources = page.Resources
        page.Resources = Dictionary(XObject=Dictionary(F=form))
        page.Contents = pdf.make_stream(b"0.5 0 0 0.5 0 0 cm /F Do")
        data = pages.saved(pdf)
    with pikepdf.open(io.BytesIO(printing.screen(data).data)) as pdf:
        (image,) = pdf.pages[0].obj.Resources.XObject.F.Resources.XObject.values()
        assert image.Width == pytest.approx(75 / 72 * 110, abs=1)


def test_pictures_that_are_small_enough_stay_as_they_are() -> None:
    data = with_photo((200, 130))
    with pikepdf.open(io.BytesIO(data)) as before, pikepdf.open(io.BytesIO(printing.screen(data).data)) as after:
        one, other = (next(iter(pdf.pages[0].obj.Resources.XObject.values())) for pdf in (before, after))
        assert one.read_raw_bytes() == other.read_raw_bytes()
