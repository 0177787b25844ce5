"""The demo's pictures, drawn here so that they are ours: flat shapes, nobody's face."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1600, 1200
# Drawn large and made small, since Pillow draws no smooth edges.
SCALE = 2
PAPER, INK, SIGNAL, SAND, GREY = "#f2f1ec", "#161616", "#ff5a26", "#dcd6c4", "#8d8a80"
BLUE, YELLOW, GREEN, RED = "#2f5bb7", "#f5c518", "#4f8a5b", "#b8322a"

Point = tuple[float, float]


class _Sheet:
    """A drawing whose units are those of the finished picture."""

    def __init__(self, ground: str) -> None:
        self._image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), ground)
        self._draw = ImageDraw.Draw(self._image)

    def shape(self, points: Iterable[Point], colour: str) -> None:
        self._draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=colour)

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self.shape([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], colour)

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        left, top = (x - radius) * SCALE, (y - radius) * SCALE
        self._draw.ellipse([left, top, left + 2 * radius * SCALE, top + 2 * radius * SCALE], fill=colour)

    def pole(self, start: Point, end: Point, width: float, colour: str) -> None:
        ends = [(x * SCALE, y * SCALE) for x, y in (start, end)]
        self._draw.line(ends, fill=colour, width=round(width * SCALE))

    def person(self, x: float, feet: float, height: float, colour: str) -> None:
        """Someone seen from behind."""
        head = height * 0.13
        self.disc(x, feet - height + head, head, colour)
        shoulders, top = height * 0.24, feet - height + 2.3 * head
        self.disc(x - shoulders * 0.55, top + shoulders * 0.45, shoulders * 0.45, colour)
        self.disc(x + shoulders * 0.55, top + shoulders * 0.45, shoulders * 0.45, colour)
        self.box(x - shoulders * 0.55, top, shoulders * 1.1, shoulders, colour)
        sides = [(x - shoulders, top + shoulders * 0.45), (x + shoulders, top + shoulders * 0.45)]
        self.shape([*sides, (x + shoulders * 0.8, feet), (x - shoulders * 0.8, feet)], colour)

    def jpeg(self) -> bytes:
        written = io.BytesIO()
        small = self._image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        small.save(written, "JPEG", quality=88, optimize=True)
        return written.getvalue()


def market() -> bytes:
    """A table between stalls, an umbrella over it, two who hand out leaflets and two who stop."""
    sheet = _Sheet(PAPER)
    sheet.disc(1290, 300, 150, YELLOW)
    sheet.box(0, 820, WIDTH, HEIGHT - 820, SAND)
    for x, stripe in ((40, GREEN), (1180, RED)):
        _stall(sheet, x, stripe)
    sheet.pole((790, 250), (790, 900), 16, INK)
    _umbrella(sheet, 790, 250, 400)
    for x, height, colour in ((600, 430, INK), (985, 400, INK)):
        sheet.person(x, 900, height, colour)
    sheet.box(440, 770, 700, 34, INK)
    sheet.box(460, 804, 660, 190, SIGNAL)
    for number in range(6):
        _leaflet(sheet, 490 + number * 105, 735 - (number % 2) * 10, 70)
    for x, height, colour in ((330, 520, GREY), (1250, 560, GREY)):
        sheet.person(x, 1140, height, colour)
    _leaflet(sheet, 405, 840, 74)
    _leaflet(sheet, 1120, 830, 74)
    return sheet.jpeg()


def crowd() -> bytes:
    """Many people from behind, with flags and signs, and one who carries an empty frame."""
    sheet = _Sheet(SIGNAL)
    sheet.disc(420, 330, 210, PAPER)
    for x, top, stripes in ((260, 300, (BLUE, YELLOW)), (1330, 250, (PAPER, RED, PAPER)), (1010, 380, (GREEN,))):
        sheet.pole((x, top), (x, 1000), 14, INK)
        for number, colour in enumerate(stripes):
            sheet.box(x, top + number * 160 / len(stripes), 260, 160 / len(stripes), colour)
    for x, top in ((560, 470), (1500, 520), (90, 560)):
        sheet.pole((x, top), (x, 1000), 12, INK)
        sheet.box(x - 90, top - 70, 180, 130, PAPER)
        for line in range(3):
            sheet.box(x - 66, top - 46 + line * 30, 132 - line * 34, 12, INK)
    sheet.pole((800, 380), (800, 1000), 14, INK)
    sheet.box(690, 190, 220, 280, INK)
    sheet.box(710, 210, 180, 240, PAPER)
    sheet.person(800, 450, 190, GREY)
    sheet.box(690, 450, 220, 20, INK)
    for row, (feet, height, colour) in enumerate(((980, 300, "#5b2a1c"), (1080, 340, "#33201b"), (1230, 420, INK))):
        for number in range(9 - row):
            lean = (number * 37 + row * 53) % 60 - 30
            sheet.person(90 + row * 60 + number * (190 + row * 22) + lean, feet, height + lean, colour)
        sheet.box(0, feet - 60, WIDTH, HEIGHT, colour)
    return sheet.jpeg()


def _stall(sheet: _Sheet, x: float, stripe: str) -> None:
    for side in (x + 20, x + 350):
        sheet.pole((side, 480), (side, 880), 12, INK)
    for number in range(8):
        left = x + number * 48
        colour = stripe if number % 2 else "#ffffff"
        sheet.shape([(left + 12, 420), (left + 55, 420), (left + 48, 520), (left, 520)], colour)
        sheet.disc(left + 24, 520, 24, colour)
    sheet.box(x, 700, 380, 180, INK)
    for number in range(7):
        sheet.disc(x + 40 + number * 50, 690 - (number % 2) * 22, 27, (SIGNAL, YELLOW, GREEN)[number % 3])


def _umbrella(sheet: _Sheet, x: float, top: float, reach: float) -> None:
    for number in range(8):
        left, right = (-reach + number * reach / 4 for number in (number, number + 1))
        colour = YELLOW if number % 2 else "#e0a800"
        sheet.shape([(x, top - 60), (x + left, top + 190), (x + right, top + 190)], colour)


def _leaflet(sheet: _Sheet, x: float, y: float, width: float) -> None:
    sheet.box(x, y, width, width * 1.4, INK)
    sheet.box(x + 3, y + 3, width - 6, width * 1.4 - 6, "#ffffff")
    sheet.box(x + 10, y + 12, width - 20, width * 0.28, SIGNAL)
    for line in range(3):
        sheet.box(x + 10, y + width * 0.56 + line * width * 0.22, width - 20 - line * 8, width * 0.08, INK)


if __name__ == "__main__":
    sys.stdout.buffer.write({"crowd": crowd, "market": market}[sys.argv[1]]())
