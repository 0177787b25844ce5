"""QR codes, read from pixels by a reader that knows nothing of us."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pypdfium2
from PIL import Image

SCALES = (1.0, 1.5, 0.75)
"""The reader misses some codes at some sizes of their modules, as a phone does that comes closer then."""


def codes_on(picture: Image.Image) -> dict[str, tuple[float, float]]:
    """What each code on a picture says, and where its middle is, in parts of the picture's width and height."""
    for scale in SCALES:
        sized = picture.convert("L").resize((round(picture.width * scale), round(picture.height * scale)))
        _is_found, texts, corners, _codes = cv2.QRCodeDetectorAruco().detectAndDecodeMulti(np.asarray(sized))
        middles = np.asarray(corners).reshape(-1, 4, 2).mean(axis=1) / sized.size if texts else ()
        found = {text: (float(x), float(y)) for text, (x, y) in zip(texts, middles, strict=True) if text}
        if found:
            return found
    return {}


def picture(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def pages(pdf: bytes, scale: float = 3.0) -> list[Image.Image]:
    """Each page as a reader shows it, `scale` pixels a point."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=scale).to_pil().convert("RGB") for page in document]


def jpeg(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=88)
    return written.getvalue()
