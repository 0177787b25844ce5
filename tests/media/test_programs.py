"""Leaflets as people's own programs write them: nothing rides along, and they look as before.

Chromium is there for every run, and CI installs Ghostscript and Cairo's programs. LibreOffice and TeX are too large
for that; CONTRIBUTING.md says how to have them tried too.
"""

from pathlib import Path

import pytest

from organizer.media import sandbox
from tests.media import corpus, looking, programs

SHOWN = {"pdfTeX": {"hidden_layer", "layered_form"}}
"""What a program makes visible: pdfTeX forgets that a layer of a page that it takes in was not shown."""
NOTICES = frozenset({"Copyright", "CreationDate", "Society", "vnd.oasis", "/usr/", "/tmp/", "/home/"})
"""What fonts say of their makers, a letter that the PDF was made from, and where on a disk it was."""
MARKS = {"Chromium prints": [pytest.mark.browser]}
CASES = [pytest.param(name, marks=MARKS.get(name, []), id=name) for name in programs.PROGRAMS]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a photo that tells of place, time and camera."""
    (tmp_path / programs.PHOTO).write_bytes(corpus.jpeg(corpus.photo((300, 200))))
    return tmp_path


@pytest.mark.parametrize("name", CASES)
def test_a_leaflet_by_a_program_loses_what_nobody_sees_and_looks_the_same(name: str, folder: Path) -> None:
    program = programs.PROGRAMS[name]
    if not program.is_there():
        pytest.skip(f"{program.executable} is missing: apt-get install --no-install-recommends {program.package}")
    data = program.write(folder).read_bytes()
    assert looking.left(data, NOTICES)
    rebuilt = sandbox.run("pdfs", data)
    shown = SHOWN.get(name.partition(" ")[0], set())
    assert looking.left(rebuilt.data, NOTICES) <= shown
    assert looking.pictures_tell(rebuilt.data) <= looking.NO_TALE
    assert looking.inked(data) > 0.01
    assert looking.off(data, rebuilt.data) < looking.MOST_OFF
    assert "Free the prisoners" in rebuilt.text
    links = {"https://example.org/letters", "https://example.org/take-part", "https://example.org/next"}
    assert set(rebuilt.links) <= links | {"mailto:us@example.org"}
