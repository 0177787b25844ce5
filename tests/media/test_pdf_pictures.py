import base64
import io
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image

from organizer.media import Removed, pdfs, strip
from tests.media import bombs, corpus, pages


def _with_image(make: Callable[[pikepdf.Pdf], Stream], size: int = 60) -> bytes:
    """Return a PDF of one page that shows one image, one pixel a point."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(size, size))
        page.Resources = Dictionary(XObject=Dictionary(X=make(pdf)))
        page.Contents = pdf.make_stream(b"%d 0 0 %d 0 0 cm /X Do" % (size, size))
        return pages.saved(pdf)


def _image(pdf: pikepdf.Pdf, data: bytes, codec: str, **keys: Any) -> Stream:
    told: dict[str, Any] = {"Subtype": Name.Image, "Width": 60, "Height": 60, "BitsPerComponent": 8}
    image = Stream(pdf, data)
    image.stream_dict.update(Dictionary(**{**told, "ColorSpace": Name.DeviceRGB, **keys}))
    image.Filter = Name(codec)
    return image


def _only_image(data: bytes) -> tuple[str, bytes]:
    """Return how the one image of a PDF is compressed, and its compressed bytes."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        (image,) = pdf.pages[0].obj.Resources.XObject.values()
        return str(image.Filter), image.read_raw_bytes()


def _encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


@pytest.mark.parametrize("codec", ["/DCTDecode", "/FlateDecode", "/LZWDecode", "/RunLengthDecode", "/JPXDecode"])
def test_pictures_inside_look_as_before(codec: str) -> None:
    photo = corpus.photo((60, 60))

    def make(pdf: pikepdf.Pdf) -> Stream:
        match codec:
            case "/DCTDecode":
                return _image(pdf, corpus.jpeg(photo), codec)
            case "/FlateDecode":
                return _image(pdf, zlib.compress(photo.tobytes()), codec)
            case "/LZWDecode":
                return _image(pdf, _lzw(photo.tobytes()), codec)
            case "/RunLengthDecode":
                return _image(pdf, b"".join(b"\x7f" + photo.tobytes()[at : at + 128] for at in range(0, 10_752, 128))
                              + b"\x2f" + photo.tobytes()[10_752:] + b"\x80", codec)  # fmt: skip
        return _image(pdf, _encoded(photo, "JPEG2000"), codec)

    data = _with_image(make)
    rebuilt = pdfs.rebuild(data)
    assert np.abs(pages.drawn(data)[0] - pages.drawn(rebuilt.data)[0]).mean() < 2
    assert np.abs(pages.drawn(data)[0] - 255).mean() > 50
    assert _only_image(rebuilt.data)[0] in ("/DCTDecode", "/FlateDecode")


def _lzw(data: bytes) -> bytes:
    """Return LZW that never builds a table: a clear code before each 200 bytes, nine bits each."""
    bits = "".join(
        f"{256:09b}" + "".join(f"{byte:09b}" for byte in data[at : at + 200]) for at in range(0, len(data), 200)
    )
    bits += f"{257:09b}"
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")


def test_a_picture_of_one_pixel_is_drawn_anew() -> None:
    dot = _encoded(Image.new("RGB", (1, 1), (200, 0, 0)), "JPEG2000")
    rebuilt = pdfs.rebuild(_with_image(lambda pdf: _image(pdf, dot, "/JPXDecode", Width=1, Height=1)))
    assert pages.drawn(rebuilt.data)[0][30, 30].tolist() == pytest.approx([0, 0, 200], abs=8)


def test_a_fax_is_kept_as_it_is() -> None:
    tiff = _encoded(corpus.drawing((60, 60)).convert("1"), "TIFF", compression="group4")
    with Image.open(io.BytesIO(tiff)) as opened:
        start, size = opened.tag_v2[273][0], opened.tag_v2[279][0]  # type: ignore[attr-defined] # TIFF's own
    fax, parameters = tiff[start : start + size], Dictionary(K=-1, Columns=60, Rows=60, Secret=String("CANARY-fax"))

    def make(pdf: pikepdf.Pdf) -> Stream:
        keys = {"BitsPerComponent": 1, "ColorSpace": Name.DeviceGray}
        return _image(pdf, fax, "/CCITTFaxDecode", DecodeParms=parameters, **keys)

    data = _with_image(make)
    rebuilt = pdfs.rebuild(data)
    assert np.array_equal(pages.drawn(data)[0], pages.drawn(rebuilt.data)[0])
    assert _only_image(rebuilt.data) == ("/CCITTFaxDecode", fax)
    assert corpus.pdf_canaries(rebuilt.data) == set()


@pytest.mark.parametrize("is_stencil", [True, False])
def test_a_jbig2_picture_is_drawn_anew(is_stencil: bool) -> None:
    def make(pdf: pikepdf.Pdf) -> Stream:
        keys: dict[str, Any] = {"BitsPerComponent": 1, "ColorSpace": Name.DeviceGray}
        image = _image(pdf, _jbig2(), "/JBIG2Decode", **keys)
        if is_stencil:
            del image["/ColorSpace"]
            image.ImageMask = True
        return image

    data = _with_image(make)
    rebuilt = pdfs.rebuild(data)
    assert np.array_equal(pages.drawn(data)[0], pages.drawn(rebuilt.data)[0])
    assert 0 < (pages.drawn(data)[0] == 0).mean() < 1
    assert _only_image(rebuilt.data)[0] in ("/DCTDecode", "/FlateDecode")


def _jbig2() -> bytes:
    """Return a page of 60 by 60 with one region: a fax (MMR) of the drawing."""
    black = corpus.drawing((60, 60)).convert("L").point(lambda value: 0 if value < 200 else 255).convert("1")
    tiff = _encoded(black, "TIFF", compression="group4", tiffinfo={262: 0})
    with Image.open(io.BytesIO(tiff)) as opened:
        start, size = opened.tag_v2[273][0], opened.tag_v2[279][0]  # type: ignore[attr-defined] # TIFF's own
    region = b"\0\0\0\x3c" * 2 + bytes(8) + b"\0" + b"\1" + tiff[start : start + size]
    page = b"\0\0\0\x3c" * 2 + bytes(8) + b"\0\0\0"
    return b"".join(
        number.to_bytes(4, "big") + bytes([kind, 0, 1]) + len(part).to_bytes(4, "big") + part
        for number, (kind, part) in enumerate([(48, page), (38, region)])
    )


def test_rows_that_nobody_sees_are_cut_off() -> None:
    pixels = bytes(range(250)) * 43 + bytes(50)
    data = _with_image(
        lambda pdf: _image(pdf, zlib.compress(pixels + b"CANARY-more" * 9) + b"CANARY-tail", "/FlateDecode")
    )
    rebuilt = pdfs.rebuild(data)
    assert zlib.decompress(_only_image(rebuilt.data)[1]) == pixels
    assert rebuilt.removed == (Removed.PICTURE_DATA,)


def test_what_follows_the_compressed_pixels_is_cut_off() -> None:
    packed = zlib.compress(bytes(60 * 60 * 3))
    rebuilt = pdfs.rebuild(_with_image(lambda pdf: _image(pdf, packed + b"CANARY-tail", "/FlateDecode")))
    assert _only_image(rebuilt.data) == ("/FlateDecode", packed)


def test_pixels_that_are_all_seen_are_kept_as_they_are_compressed() -> None:
    packed = zlib.compress(bytes(60 * 60 * 3), 1)
    rebuilt = pdfs.rebuild(_with_image(lambda pdf: _image(pdf, packed, "/FlateDecode")))
    assert _only_image(rebuilt.data) == ("/FlateDecode", packed)
    assert rebuilt.removed == ()


def test_a_transparent_picture_keeps_its_mask() -> None:
    def make(pdf: pikepdf.Pdf) -> Stream:
        mask = _image(pdf, zlib.compress(bytes(1800) + b"\xff" * 1800), "/FlateDecode", ColorSpace=Name.DeviceGray)
        return _image(pdf, zlib.compress(bytes(60 * 60 * 3)), "/FlateDecode", SMask=mask)

    drawn = pages.drawn(pdfs.rebuild(_with_image(make)).data)[0]
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
        image = _image(pdf, packed, outer)
        image.Filter = Array([Name(outer), Name.DCTDecode])
        return image

    rebuilt = pdfs.rebuild(_with_image(make))
    assert _only_image(rebuilt.data) == ("/DCTDecode", strip.jpeg(jpeg).data)
