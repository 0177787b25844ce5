"""What is printed and sent on, as it comes out of the child."""

from __future__ import annotations

from typing import Any

import pikepdf
import pytest
from pikepdf import Dictionary, Name

from organizer.media import images, pdfs, printing, sandbox
from tests.media import corpus, pages
from tests.media.pages import with_photo


@pytest.mark.parametrize("job", sandbox.PRINTED)
def test_the_child_makes_the_same_as_is_made_outside(job: Any) -> None:
    for data in (pdfs.rebuild(corpus.planted_pdf()).data, images.rebuild(corpus.jpeg()).data):
        assert sandbox.run(job, data) == getattr(printing, job)(data)


def test_equal_leaflets_give_equal_bytes() -> None:
    data = with_photo((900, 600))
    for job in sandbox.PRINTED:
        assert getattr(printing, job)(data).data == getattr(printing, job)(data).data


@pytest.mark.load
def test_forty_hard_pages_and_a_large_picture_fit_the_limits() -> None:
    with pikepdf.new() as pdf:
        fades = Dictionary(FunctionType=2, Domain=[0, 1], C0=[1, 0, 0], C1=[0, 0, 1], N=1)
        shading = Dictionary(ShadingType=2, ColorSpace=Name.DeviceRGB, Coords=[0, 0, 595, 0], Function=fades)
        for _ in range(40):
            page = pdf.add_blank_page(page_size=(595, 842))
            page.Resources = Dictionary(Shading=Dictionary(Sh=shading))
            page.Contents = pdf.make_stream(b"/Sh sh")
        hard = pages.saved(pdf)
    for data in (hard, with_photo((8000, 6000))):
        for job in sandbox.PRINTED:
            assert sandbox.run(job, data).data
