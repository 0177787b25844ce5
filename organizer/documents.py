"""Printed matter: QR codes, and PDFs set by typst from our templates and anyone's data."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import segno
from markupsafe import Markup

from organizer.errors import Unavailable
from organizer.media.sandbox import STOPPED

ROOT: Final = Path(__file__).resolve().parent.parent
TEMPLATES: Final = ROOT / "templates"
QUIET_ZONE: Final = 4
START: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from organizer.media import child; child.confine(*sys.argv[2:4]);"
    " from organizer.typesetting import main; main(*sys.argv[4:])"
)
LONGEST_SECONDS: Final = 60
CPU_SECONDS: Final = 20
MEMORY_BYTES: Final = 512 << 20
"""Of address space; a poster needs a fifth of it."""
KEPT: Final = ("FONTCONFIG_FILE", "FONTCONFIG_PATH", "HOME", "XDG_DATA_HOME")
"""Where fonts are looked for; all else in the environment is none of a template's business."""
FRUGAL: Final = {"MALLOC_ARENA_MAX": "1", "RAYON_NUM_THREADS": "1"}
"""Threads would take address space by the 100 MB, and processors from the site's own answers."""
LETTER_COUNTRIES: Final = frozenset({"US", "CA", "MX", "PH", "CL", "CO"})
"""Where paper is US Letter, and not A4."""


class NoLetters(RuntimeError):
    """No font of this machine has some letter of what was to be set."""


class NoRoom(RuntimeError):
    """The template says, by `panic("no room")`, that the words do not fit."""


# By exit code of `typesetting`, which this must not import: see there.
CAUSES: Final = {3: NoLetters, 4: NoRoom}


def qr_svg(text: str) -> Markup:
    """Return an inline `<svg>` without style or script, hidden from screen readers: say the text beside it.

    It is black on white in dark pages too, since many readers fail at the reverse, and its quiet zone is inside.
    Its size is the page's to set.
    """
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix_iter(border=QUIET_ZONE)]
    size = len(rows)
    modules = "".join(_bars(row, y) for y, row in enumerate(rows))
    return Markup(
        '<svg class="qr-code" viewBox="0 0 {size} {size}" shape-rendering="crispEdges" aria-hidden="true">'
        '<path class="qr-ground" fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        '<path class="qr-modules" fill="#000" d="{modules}"/></svg>'
    ).format(size=size, modules=modules)


def _bars(row: Sequence[int], y: int) -> str:
    """Return the path of a row's dark modules, those side by side as one."""
    path, x = "", 0
    for is_dark, run in groupby(row):
        width = len(list(run))
        path += f"M{x} {y}h{width}v1H{x}z" if is_dark else ""
        x += width
    return path


def pdf(template: str, data: Mapping[str, Any], *, needs_all_letters: bool = False) -> bytes:
    """Return the PDF that a typst file makes of `data`; `template` is its path below templates/.

    The file reads `json(bytes(sys.inputs.data))`, so that nothing in `data` is ever markup. It should
    `set document(date: none)`, or the PDF tells when it was made. It takes about a second: not for a request.

    Raises RuntimeError when the file cannot be set; typst's sentences are in the log. NoRoom when the template says so,
    NoLetters when `needs_all_letters` and some are in no font, else boxes stand there: those two leave the log alone.
    Unavailable when somebody stops the process that sets it, as whoever stops the service may do.
    """
    # In a process of its own: typst would keep tens of megabytes in the one that answers requests.
    paths = [str(TEMPLATES / template), str(TEMPLATES)]
    limits = [str(MEMORY_BYTES), str(CPU_SECONDS)]
    done = subprocess.run(  # noqa: S603 - nothing in the command comes from outside
        [sys.executable, "-I", "-c", START, str(ROOT), *limits, *paths, "all" if needs_all_letters else "any"],
        input=json.dumps(data, ensure_ascii=False).encode(),
        stdout=subprocess.PIPE,
        env={name: os.environ[name] for name in KEPT if name in os.environ} | FRUGAL,
        cwd="/",
        timeout=LONGEST_SECONDS,
        check=False,
        # Ctrl-C is for the site, which lets it finish.
        start_new_session=True,
    )
    if done.returncode in STOPPED:
        raise Unavailable(f"{template} was stopped while it was set.")
    if done.returncode:
        raise CAUSES.get(done.returncode, RuntimeError)(f"{template} cannot be set.")
    return done.stdout
