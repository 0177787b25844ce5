import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import pypdfium2
import pytest
from PIL import Image

from organizer import documents
from organizer.errors import Unavailable

LINK = "https://example.org/r/abcdefghijklmnopqrstuvwxyz.234567abcdefghijklmnopqrstuvwxyz"


def _read(picture: Image.Image) -> str:
    read, _, _ = cv2.QRCodeDetector().detectAndDecode(np.asarray(picture.convert("L")))
    return str(read)


def _drawn(svg: str) -> Image.Image:
    """Draw the modules as their path tells them: a bar starts at M x y, and is h wide."""
    root = ElementTree.fromstring(svg)
    size = int(root.attrib["viewBox"].split()[-1])
    drawn = np.full((size, size), 255, dtype=np.uint8)
    for bar in root[1].attrib["d"].removesuffix("z").split("z"):
        place, width = bar.removeprefix("M").split("v")[0].split("h")
        x, y = map(int, place.split())
        drawn[y, x : x + int(width)] = 0
    return Image.fromarray(drawn).resize((size * 8, size * 8), Image.Resampling.NEAREST)


def test_a_qr_drawing_is_read_as_what_it_says() -> None:
    assert _read(_drawn(documents.qr_svg(LINK))) == LINK


def test_a_qr_drawing_has_its_quiet_zone_and_stays_black_on_white() -> None:
    drawn = np.asarray(_drawn(documents.qr_svg("x")))
    assert drawn[: 4 * 8].min() == drawn[:, : 4 * 8].min() == 255
    ground, modules = ElementTree.fromstring(documents.qr_svg("x"))
    assert (ground.attrib["fill"], modules.attrib["fill"]) == ("#fff", "#000")


def test_a_qr_drawing_may_stand_under_a_strict_policy() -> None:
    svg = documents.qr_svg('"><script>alert(1)</script>')
    assert not any(word in svg for word in ("style", "script", "<?xml", "href", " on"))


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(documents, "TEMPLATES", tmp_path)
    (tmp_path / "slip.typ").write_text(
        "#set document(date: none)\n#let data = json(bytes(sys.inputs.data))\n"
        '#set text(font: "Libertinus Serif")\n= #data.title\n#for line in data.lines [- #line\n]\n'
    )
    return tmp_path


def _text(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as document:
        return str(document[0].get_textpage().get_text_bounded())


def test_data_is_printed_and_never_markup(templates: Path) -> None:
    data = {"title": "#strong[no] $x$ — Свобода", "lines": ['#read("slip.typ")', "*plain* `code` \\ // @x"]}
    printed = _text(documents.pdf("slip.typ", data))
    for words in ("#strong[no] $x$ — Свобода", '#read("slip.typ")', "*plain* `code` \\ // @x"):
        assert words in printed


def test_the_same_data_gives_the_same_bytes(templates: Path) -> None:
    data = {"title": "Leaflet", "lines": []}
    assert documents.pdf("slip.typ", data) == documents.pdf("slip.typ", data)


def test_a_template_reads_nothing_outside_its_folder(
    templates: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path.parent / "secret.txt").write_text("secret")
    (templates / "curious.typ").write_text('#read("../secret.txt")')
    with pytest.raises(RuntimeError, match="curious"):
        documents.pdf("curious.typ", {})
    assert "escape" in capfd.readouterr().err


def test_what_sets_pages_knows_no_settings_and_has_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "organizer"
    inside.mkdir()
    for name in ("media", "errors.py"):
        (inside / name).symlink_to(documents.ROOT / "organizer" / name)
    (inside / "__init__.py").touch()
    (inside / "typesetting.py").write_text(
        "import json, os, resource, sys\n"
        "def main(*told):\n"
        "    kinds = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE)\n"
        "    limits = [resource.getrlimit(kind) for kind in kinds]\n"
        "    print(json.dumps([dict(os.environ), limits, os.nice(0), told, os.getsid(0) == os.getpid()]))\n"
    )
    monkeypatch.setattr(documents, "ROOT", tmp_path)
    for name in ("ORGANIZER_MAIL_URL", "AWS_SECRET_ACCESS_KEY", "HTTPS_PROXY", "PYTHONPATH"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("FONTCONFIG_PATH", "/etc/fonts")
    environment, limits, nice, told, is_apart = json.loads(documents.pdf("slip.typ", {}))
    assert "secret" not in environment.values()
    assert environment["FONTCONFIG_PATH"] == "/etc/fonts"
    memory, seconds, core = limits
    assert memory == [documents.MEMORY_BYTES] * 2
    assert max(seconds) <= documents.CPU_SECONDS + 1
    assert core == [0, 0]
    assert nice == os.nice(0) + 5
    assert told == [str(documents.TEMPLATES / "slip.typ"), str(documents.TEMPLATES), "any"]
    # Ctrl-C in the terminal of the site is none of its business.
    assert is_apart


@pytest.mark.parametrize("ending", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_what_is_stopped_while_it_sets_a_page_can_be_asked_for_again(
    ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "START", f"import os, signal; os.kill(os.getpid(), signal.{ending})")
    with pytest.raises(Unavailable):
        documents.pdf("slip.typ", {})


def test_a_page_that_needs_too_much_memory_cannot_be_set(templates: Path) -> None:
    (templates / "large.typ").write_text("#let numbers = range(100000000)\n#numbers.len()")
    with pytest.raises(RuntimeError, match="large"):
        documents.pdf("large.typ", {})


def test_a_site_does_not_hold_what_sets_pages() -> None:
    loaded = "import sys, organizer.documents; print('typst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, check=True).stdout == b"False\n"
