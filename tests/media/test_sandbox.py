import io
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from organizer.errors import TooMany, Unavailable
from organizer.media import REASONS, RebuiltPdf, Refused, images, pdfs, sandbox
from tests.media import bombs, corpus

SHORT = sandbox.Limits(cpu_seconds=0.5, cpu_seconds_per_mb=0, wall_seconds=20, waiting_seconds=5)
MEASURE = """
import json, resource, sys
from organizer.media import Refused, sandbox
try:
    sandbox.run(sys.argv[1], sys.stdin.buffer.read())
    reason = "accepted"
except Refused as refusal:
    reason = refusal.reason
print(json.dumps([reason, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""
ROOT = Path(__file__).parents[2]


def _answer(name: str, data: bytes = b"", limits: sandbox.Limits = SHORT) -> Any:
    answer = sandbox.answer_of(f"tests.media.misbehaving:{name}", data, limits)
    return answer.reason if isinstance(answer, Refused) else answer


def _measured(job: str, data: bytes) -> tuple[str, int]:
    """Return the reason of the refusal, and the most memory in bytes that the child really used."""
    command = [sys.executable, "-c", MEASURE, job]
    told = subprocess.run(command, input=data, stdout=subprocess.PIPE, cwd=ROOT, check=True, timeout=120)
    reason, kilobytes = json.loads(told.stdout)
    return reason, kilobytes * 1024


# What a child does is told in a sentence.


@pytest.mark.parametrize(
    ("job", "reason"),
    [
        ("spin", "time"),
        ("hog", "memory"),
        ("abort", "unsafe"),
        ("crash", "unsafe"),
        ("be_killed", "memory"),
        ("fail", "unsafe"),
        ("exit_early", "unsafe"),
        ("babble", "unsafe"),
    ],
)
def test_whatever_happens_to_the_child_is_a_refusal(job: str, reason: str) -> None:
    assert _answer(job) == reason


def test_a_child_that_waits_is_ended() -> None:
    assert _answer("sleep", limits=replace(SHORT, wall_seconds=1)) == "time"


def test_an_endless_answer_is_cut_off() -> None:
    assert _answer("flood", limits=replace(SHORT, cpu_seconds=10, answer_bytes=1_000_000)) == "unsafe"


def test_a_child_that_ends_without_listening_is_a_refusal() -> None:
    assert _answer("exit_early", bytes(20_000_000)) == "unsafe"


def test_as_much_as_may_be_sent_comes_back() -> None:
    data = bytes(range(250)) * 100_000
    assert _answer("echo", data, replace(SHORT, cpu_seconds=5)).data == data


def test_a_child_has_nothing_and_reaches_nothing() -> None:
    seen = _answer("look_around").text.splitlines()
    assert seen == [
        "environment []",
        "folder /",
        "file Too many open files",
        "new file Too many open files",
        "socket Too many open files",
        "pipe Too many open files",
        "RLIMIT_CORE (0, 0)",
        "RLIMIT_FSIZE (0, 0)",
        "RLIMIT_NOFILE (3, 3)",
        "dumpable 0",
    ]


def test_what_a_library_says_of_a_file_is_in_no_log(capfd: pytest.CaptureFixture[str]) -> None:
    assert _answer("complain", b"whose file it was").text == "complained"
    assert capfd.readouterr() == ("", "")


def test_a_child_that_cannot_start_is_no_fault_of_the_file(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Unavailable):
        sandbox.answer_of("tests.media.missing:job", b"", SHORT)
    assert "tests.media.missing" in capfd.readouterr().err


@pytest.mark.parametrize("ending", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_child_that_somebody_stops_is_no_fault_of_the_file(ending: str) -> None:
    with pytest.raises(Unavailable):
        _answer("be_stopped", ending.encode())


def test_a_machine_that_starts_no_process_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(Unavailable):
        _answer("echo")


def test_when_all_places_are_taken_one_may_try_again_later() -> None:
    with sandbox._place(SHORT), sandbox._place(SHORT), pytest.raises(TooMany) as caught:
        _answer("echo", limits=replace(SHORT, waiting_seconds=0.01))
    assert caught.value.retry_seconds > 0


def test_jobs_that_can_wait_leave_a_place_to_somebody_who_waits() -> None:
    patient = replace(SHORT, can_wait=True, waiting_seconds=0.01)
    with sandbox._place(patient):
        with pytest.raises(TooMany), sandbox._place(patient):
            pass
        assert _answer("echo", b"x", replace(SHORT, waiting_seconds=0.01)).data == b"x"
    with sandbox._place(SHORT), sandbox._place(SHORT), pytest.raises(TooMany), sandbox._place(patient):
        pass
    with sandbox._place(patient):
        pass


def test_it_is_what_is_made_after_an_upload_that_can_wait() -> None:
    assert {job for job, limits in sandbox.LIMITS.items() if limits.can_wait} == {*sandbox.PRINTED, "further_pages"}


def test_further_pages_have_time_by_their_number() -> None:
    limits = sandbox.LIMITS["further_pages"]
    assert limits.for_pages(8).cpu_seconds_for(bytes(75_000)) < 11
    assert limits.for_pages(36).cpu_seconds_for(bytes(75_000)) > 15


def test_a_place_is_free_again_whatever_happened() -> None:
    for job in ("abort", "echo", "fail", "exit_early") * 2:
        _answer(job, limits=replace(SHORT, waiting_seconds=5))


def test_no_more_children_than_places() -> None:
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(_answer("echo", b"x"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.data for answer in answers] == [b"x"] * 6


# The real jobs work with what little the child has, and give what they give outside.


@pytest.mark.parametrize("kind", corpus.PICTURES)
@pytest.mark.parametrize("made", [corpus.photo, corpus.drawing])
def test_a_picture_is_rebuilt_in_the_child_as_outside(kind: str, made: Callable[[], Any]) -> None:
    data = corpus.PICTURES[kind](made())
    assert sandbox.run("images", data) == images.rebuild(data)


def test_a_pdf_is_rebuilt_in_the_child_as_outside() -> None:
    data = corpus.planted_pdf()
    assert sandbox.run("pdfs", data) == pdfs.rebuild(data)


def test_a_refusal_comes_out_of_the_child_as_its_sentence() -> None:
    with pytest.raises(Refused) as caught:
        sandbox.run("images", b"<svg/>")
    assert caught.value.message == REASONS["svg"]


# Bombs.


@pytest.mark.load
@pytest.mark.parametrize("name", bombs.PDFS)
def test_a_pdf_that_is_a_bomb_is_refused_in_little_memory(name: str) -> None:
    data = bombs.PDFS[name]()
    reason, used_bytes = _measured("pdfs", data)
    assert reason in ("pdf_complex", "pdf_damaged", "pdf_pages", "memory", "time")
    assert used_bytes < 512_000_000


@pytest.mark.load
@pytest.mark.parametrize("name", bombs.PICTURES)
def test_a_picture_that_is_a_bomb_is_refused_in_little_memory(name: str) -> None:
    reason, used_bytes = _measured("images", bombs.PICTURES[name]())
    assert reason in ("picture_pixels", "picture_damaged")
    assert used_bytes < 200_000_000


def test_what_lies_behind_a_small_picture_is_never_unpacked() -> None:
    reason, used_bytes = _measured("images", bombs.packed_png())
    assert reason == "accepted"
    assert used_bytes < 200_000_000


def test_a_small_file_has_less_than_two_seconds_of_work_and_half_a_gigabyte() -> None:
    limits = sandbox.LIMITS["pdfs"]
    assert limits.memory_bytes <= 512 << 20
    assert limits.cpu_seconds_for(bytes(10_000)) < 2
    assert limits.cpu_seconds_for(bytes(25_000_000)) == pytest.approx(20, abs=1)


def test_the_largest_photo_fits_its_limits() -> None:
    written = io.BytesIO()
    corpus.photo((8000, 6200)).save(written, "JPEG", progressive=True, subsampling=0)
    rebuilt = sandbox.run("images", written.getvalue())
    assert (rebuilt.width, rebuilt.height) == (2560, 1984)


def test_a_result_is_typed_by_its_job() -> None:
    assert isinstance(sandbox.run("pdfs", corpus.planted_pdf()), RebuiltPdf)
