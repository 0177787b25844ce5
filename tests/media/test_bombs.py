"""Bombs that go off in decoders: refused, or made harmless, in little memory, while the site answers."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from organizer.media import REASONS, Refused, sandbox
from tests.media import bombs, decoder_bombs

IS_SOAK = bool(os.environ.get("ORGANIZER_SOAK"))
ROOT = Path(__file__).parents[2]
MOST_BYTES = 512_000_000
MOST_GROWTH = 4
MEASURE = """
import json, resource, sys
from organizer.media import RebuiltPdf, Refused, sandbox
def attempt(data):
    try:
        made = sandbox.run(sys.argv[1], data)
        return "accepted", made.data if isinstance(made, RebuiltPdf) else None
    except Refused as refusal:
        return refusal.reason, None
reason, made = attempt(sys.stdin.buffer.read())
told = [reason, len(made or b""), attempt(made)[0] if made else reason]
print(json.dumps([*told, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""
TAKEN = {
    "JPX larger than it says",
    "JBIG2 larger than it says",
    "rows to be predicted",
    "a font of one table again and again",
    "a font of opened brackets",
    "endless hints",
    "tiny dashes",
    "groups in groups",
    "samples of four dimensions",
    "rules over layers",
    "a length of itself",
    "an AVIF that is smaller than it says",
    "four thousand million pictures in a list",
}
"""Of these nothing is unpacked but what is seen, so that a file comes of them; it is none any more."""


def _measured(job: str, data: bytes) -> tuple[str, int, str, int]:
    """Return what came of it, the size of the new file, what comes of that one, and the most memory in bytes."""
    command = [sys.executable, "-c", MEASURE, job]
    told = subprocess.run(command, input=data, stdout=subprocess.PIPE, cwd=ROOT, check=True, timeout=180)
    reason, size, again, kilobytes = json.loads(told.stdout)
    return reason, size, again, kilobytes * 1024


@pytest.mark.load
@pytest.mark.parametrize("name", decoder_bombs.PDFS)
def test_a_pdf_that_goes_off_in_a_decoder_is_refused_or_made_harmless(name: str) -> None:
    data = decoder_bombs.PDFS[name]()
    reason, size, again, used_bytes = _measured("pdfs", data)
    assert used_bytes < MOST_BYTES
    if name not in TAKEN:
        assert reason in REASONS
    assert again == reason
    assert size <= MOST_GROWTH * len(data)


@pytest.mark.load
@pytest.mark.parametrize("name", decoder_bombs.PICTURES)
def test_a_picture_that_goes_off_in_a_decoder_is_refused_or_made_harmless(name: str) -> None:
    reason, _, _, used_bytes = _measured("images", decoder_bombs.PICTURES[name]())
    assert used_bytes < MOST_BYTES
    assert reason in REASONS or name in TAKEN


ALL = {
    **{("pdfs", name): make for table in (bombs.PDFS, decoder_bombs.PDFS) for name, make in table.items()},
    **{("images", name): make for table in (bombs.PICTURES, decoder_bombs.PICTURES) for name, make in table.items()},
}


@pytest.mark.load
def test_the_site_answers_while_bombs_go_off(client: FlaskClient) -> None:
    """As many at once as there are places; with ORGANIZER_SOAK all that there are, else some of each kind."""
    tried = list(ALL.items())[:: 1 if IS_SOAK else 5]
    waiting, came = iter(tried), Counter[str]()
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                case, make = next(waiting, (None, None))
            if case is None or make is None:
                return
            try:
                sandbox.run(case[0], make())  # type: ignore[call-overload] # one of its jobs
                came["taken"] += 1
            except Refused as refusal:
                came[refusal.reason] += 1

    workers = [threading.Thread(target=work) for _ in range(sandbox.AT_ONCE)]
    for worker in workers:
        worker.start()
    answers = Counter[int]()
    while any(worker.is_alive() for worker in workers):
        answers[client.get("/leaflets").status_code] += 1
    assert set(answers) == {200}
    assert answers[200] >= len(tried)
    assert came.total() == len(tried)
    assert came["taken"] <= len(TAKEN)
