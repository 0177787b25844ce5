"""What lengths in a PDF are told in."""

from typing import Final

PER_INCH: Final = 72
PER_MM: Final = PER_INCH / 25.4
