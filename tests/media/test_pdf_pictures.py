import base64
import io
import zlib
from typing import Any

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image

from organizer.media import Removed, pdfs, strip
from tests.media import bombs, corpus, figures, pages


def _only_image(data: bytes) -> tuple[str, bytes]:
    """Return how the one image of a PDF is compressed, and its compressed bytes."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        (image,) = pdf.pages[0].obj.Resources.XObject.values()
        return str(image.Filter), image.read_raw_bytes()


@pytest.mark.parametrize("codec", ["/DCTDecode", "/FlateDecode", "/LZWDecode", "/RunLengthDecode", "/JPXDecode"])
def test_pictures_inside_look_as_before(codec: str) -> None:
    photo = corpus.photo((60, 60))

    def make(pdf: pikepdf.Pdf) -> Stream:
        match codec:
            case "/DCTDecode":
                return figures.image(pdf, corpus.jpeg(photo), codec)
            case "/FlateDecode":
                return figures.image(pdf, zlib.compress(photo.tobytes()), codec)
            case "/LZWDecode":
                return figures.image(pdf, figures.lzw(photo.tobytes()), codec)
            case "/RunLengthDecode":
                return figures.image(pdf, figures.run_lengths(photo.tobytes()), codec)
        return figures.image(pdf, figures.encoded(photo, "JPEG2000"), codec)

    data = figures.showing(make)
    rebuilt = pdfs.rebuild(data)
    assert np.abs(pages.drawn(data)[0] - pages.drawn(rebuilt.data)[0]).mean() < 2
    assert np.abs(pages.drawn(data)[0] - 255).mean() > 50
    assert _only_image(rebuilt.data)[0] in ("/DCTDecode", "/FlateDecode")


def test_a_picture_of_one_pixel_is_drawn_anew() -> None:
    dot = figures.encoded(Image.new("RGB", (1, 1), (200, 0, 0)), "JPEG2000")
    rebuilt = pdfs.rebuild(figures.showing(lambda pdf: figures.image(pdf, dot, "/JPXDecode", Width=1, Height=1)))
    assert pages.drawn(rebuilt.data)[0][30, 30].tolist() == pytest.approx([0, 0, 200], abs=8)


def test_a_fax_is_kept_as_it_is() -> None:
    tiff = figures.encoded(corpus.drawing((60, 60)).convert("1"), "TIFF", compression="group4")
    with Image.open(io.BytesIO(tiff)) as opened:
        start, size = opened.tag_v2[273][0], opened.tag_v2[279][0]  # type: ignore[attr-defined] # TIFF's own
    fax, parameters = tiff[start : start + size], Dictionary(K=-1, Columns=60, Rows=60, Secret=String("CANARY-fax"))

    def make(pdf: pikepdf.Pdf) -> Stream:
        keys = {"BitsPerComponent": 1, "ColorSpace": Name.DeviceGray}
        return figures.image(pdf, fax, "/CCITTFaxDecode", DecodeParms=parameters, **keys)

    data = figures.showing(make)
    rebuilt = pdfs.rebuild(data)
    assert np.array_equal(pages.drawn(data)[0], pages.drawn(rebuilt.data)[0])
    assert _only_image(rebuilt.data) == ("/CCITTFaxDecode", fax)
    assert corpus.pdf_canaries(rebuilt.data) == set()


def test_rows_of_a_fax_that_nobody_sees_are_gone() -> None:
    side, parameters = figures.SIDE, Dictionary(K=-1, Columns=figures.SIDE, Rows=figures.SIDE)
    told: dict[str, Any] = {**figures.BILEVEL, "Height": side // 2, "DecodeParms": parameters}
    data = figures.showing(lambda pdf: figures.image(pdf, figures.fax(), "/CCITTFaxDecode", **told))
    rebuilt = pdfs.rebuild(data)
    assert np.array_equal(pages.drawn(data)[0], pages.drawn(rebuilt.data)[0])
    codec, packed = _only_image(rebuilt.data)
    assert codec == "/FlateDecode"
    assert len(zlib.decompress(packed)) == -(-side // 8) * side // 2
    assert rebuilt.removed == (Removed.PICTURE_DATA,)


@pytest.mark.parametrize("is_stencil", [True, False])
def test_a_jbig2_picture_is_drawn_anew(is_stencil: bool) -> None:
    def make(pdf: pikepdf.Pdf) -> Stream:
        keys: dict[str, Any] = {"BitsPerComponent": 1, "ColorSpace": Name.DeviceGray}
        image = figures.image(pdf, figures.jbig2(), "/JBIG2Decode", **keys)
        if is_stencil:
            del image["/ColorSpace"]
            image.ImageMask = True
        return image

    data = figures.showing(make)
    rebuilt = pdfs.rebuild(data)
    assert np.array_equal(pages.drawn(data)[0], pages.drawn(rebuilt.data)[0])
    assert 0 < (pages.drawn(data)[0] == 0).mean() < 1
    assert _only_image(rebuilt.data)[0] in ("/DCTDecode", "/FlateDecode")


def test_rows_that_nobody_sees_are_cut_off() -> None:
    pixels = bytes(range(250)) * 43 + bytes(50)
    data = figures.showing(
        lambda pdf: figures.image(pdf, zlib.compress(pixels + b"CANARY-more" * 9) + b"CANARY-tail", "/FlateDecode")
    )
    rebuilt = pdfs.rebuild(data)
    assert zlib.decompress(_only_image(rebuilt.data)[1]) == pixels
    assert rebuilt.removed == (Removed.PICTURE_DATA,)


def test_what_follows_the_compressed_pixels_is_cut_off() -> None:
    packed = zlib.compress(bytes(60 * 60 * 3))
    rebuilt = pdfs.rebuild(figures.showing(lambda pdf: figures.image(pdf, packed + b"CANARY-tail", "/FlateDecode")))
    assert _only_image(rebuilt.data) == ("/FlateDecode", packed)


def test_pixels_that_are_all_seen_are_kept_as_they_are_compressed() -> None:
    packed = zlib.compress(bytes(60 * 60 * 3), 1)
    rebuilt = pdfs.rebuild(figures.showing(lambda pdf: figures.image(pdf, packed, "/FlateDecode")))
    assert _only_image(rebuilt.data) == ("/FlateDecode", packed)
    assert rebuilt.removed == ()


def test_a_transparent_picture_keeps_its_mask() -> None:
    def make(pdf: pikepdf.Pdf) -> Stream:
        mask = figures.image(
            pdf, zlib.compress(bytes(1800) + b"\xff" * 1800), "/FlateDecode", ColorSpace=Name.DeviceGray
        )
        return figures.image(pdf, zlib.compress(bytes(60 * 60 * 3)), "/FlateDecode", SMask=mask)

    drawn = pages.drawn(pdfs.rebuild(figures.showing(make)).data)[0]
    assert (drawn[10, 10].tolist(), drawn[80, 10].tolist()) == ([255, 255, 255], [0, 0, 0])


def test_a_picture_of_a_billion_pixels_is_refused() -> None:
    assert pages.reason(bombs.giant_image()) == "pdf_complex"


def test_a_picture_packed_more_often_than_any_program_does_is_refused() -> None:
    assert pages.reason(bombs.zlib_in_zlib_image()) == "pdf_complex"


@pytest.mark.parametrize("outer", ["/ASCII85Decode", "/ASCIIHexDecode", "/FlateDecode"])
def test_a_photo_packed_twice_is_unpacked_and_cleaned(outer: str) -> None:
    jpeg = corpus.jpeg(corpus.photo((60, 60)))
    packed = {"/ASCII85Decode": base64.a85encode(jpeg) + b"~>", "/ASCIIHexDecode": jpeg.hex().encode() + b">",
              "/FlateDecode": zlib.compress(jpeg)}[outer]  # fmt: skip

    def make(pdf: pikepdf.Pdf) -> Stream:
        image = figures.image(pdf, packed, outer)
        image.Filter = Array([Name(outer), Name.DCTDecode])
        return image

    rebuilt = pdfs.rebuild(figures.showing(make))
    assert _only_image(rebuilt.data) == ("/DCTDecode", strip.jpeg(jpeg))
