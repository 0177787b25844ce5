"""Does the work of the modules beside it, as listed in JOBS, in a child process that can be killed.

The child has no environment, no open files but two pipes, no network, and limits to its memory and time; what it
reads and writes never touches the disk. Whatever happens to it, the caller gets a result or a sentence.
"""

import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final, Literal, cast, get_args, overload

from organizer.errors import TooMany, Unavailable
from organizer.media import Picture, RebuiltPdf, Refused, wire

ROOT: Final = Path(__file__).resolve().parents[2]
START: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from organizer.media.child import main; main(*sys.argv[2:])"
)
Printed = Literal["screen", "grey", "two_up_a4", "two_up_letter", "four_up_a4", "four_up_letter"]
PRINTED: Final[tuple[Printed, ...]] = get_args(Printed)
JOBS: Final[dict[str, str]] = {
    **{job: f"organizer.media.printing:{job}" for job in PRINTED},
    "covers": "organizer.media.covers:burn",
    "flat_pdfs": "organizer.media.pdf_flat:flatten",
    "further_pages": "organizer.media.pdf_render:further_pages",
    "images": "organizer.media.images:rebuild",
    "pdfs": "organizer.media.pdfs:rebuild",
    "stamps": "organizer.media.stamps:stamp",
}
CHUNK_BYTES: Final = 1 << 20
RETRY_SECONDS: Final = 20


@dataclass(frozen=True, slots=True)
class Limits:
    """The figures fit a machine where the child starts in a fifth of a second; slower ones need more time."""

    memory_bytes: int = 512 << 20
    """Address space, and so more than the memory really used: bombs must end below 512 MB, and a 50-megapixel
    photo needs 480 (only WebP takes more, so that it ends at about 25 megapixels)."""
    cpu_seconds: float = 1.75
    cpu_seconds_per_mb: float = 0.75
    """A small file has no right to long work: a tiny PDF gets two seconds, the largest twenty."""
    wall_seconds: float = 60.0
    """For a machine that is busy otherwise: what counts is the processor's time."""
    answer_bytes: int = 100_000_000
    """The largest PDF and its previews fit several times."""
    waiting_seconds: float = 15.0
    can_wait: bool = False
    """Nobody waits for it: it leaves a place to those for whom somebody does."""
    cpu_seconds_per_page: float = 0

    def cpu_seconds_for(self, data: bytes) -> float:
        return self.cpu_seconds + self.cpu_seconds_per_mb * len(data) / 1_000_000

    def for_pages(self, count: int) -> "Limits":
        """The limits of a job that has so many pages to draw."""
        return replace(self, cpu_seconds=self.cpu_seconds + self.cpu_seconds_per_page * count)


# What a picture costs depends on its pixels, which are counted before they are unpacked.
LIMITS: Final[dict[str, Limits]] = {
    # What comes here was rebuilt before, so that bombs have ended already, and nobody waits for it with her browser.
    **dict.fromkeys(PRINTED, Limits(cpu_seconds=30.0, waiting_seconds=3.0, can_wait=True)),
    # All but bombs need a tenth of a second for each of these pages.
    "further_pages": Limits(cpu_seconds=8.0, cpu_seconds_per_page=0.25, waiting_seconds=3.0, can_wait=True),
    "flat_pdfs": Limits(cpu_seconds=30.0, cpu_seconds_per_mb=0),
    "covers": Limits(cpu_seconds=8.0),
    "images": Limits(cpu_seconds=8.0),
    "pdfs": Limits(),
    # Somebody waits for it with her browser.
    "stamps": Limits(cpu_seconds=6.0, wall_seconds=20.0, waiting_seconds=3.0),
}
AT_ONCE: Final = 2
"""Children at a time and process, so that uploads never take more than a gigabyte together."""

STOPPED: Final = frozenset({-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP})
"""How a child ends that somebody outside has ended: the service stops, or the machine does. None of our limits ends
one like that, so the file is as good as before."""

_places = threading.BoundedSemaphore(AT_ONCE)
_patient_places = threading.BoundedSemaphore(AT_ONCE - 1)


@overload
def run(job: Literal["images", "covers"], data: bytes, limits: Limits | None = None) -> Picture: ...
@overload
def run(
    job: Literal["pdfs", "flat_pdfs", "further_pages"] | Printed, data: bytes, limits: Limits | None = None
) -> RebuiltPdf: ...
@overload
def run(job: Literal["stamps"], data: bytes, limits: Limits | None = None) -> Picture | RebuiltPdf: ...
def run(job: str, data: bytes, limits: Limits | None = None) -> Picture | RebuiltPdf:
    """Return what the job makes of `data`.

    For covers that is a picture framed with its boxes, for stamps a file with its stamp, for flat_pdfs and
    further_pages a PDF that pdfs has made.

    Raises Refused with a sentence about the file, TooMany when others' files take too long, Unavailable when no
    child can be started, or when it is stopped by somebody else than its limits.
    """
    answer = answer_of(JOBS[job], data, limits or LIMITS[job])
    if isinstance(answer, Refused):
        raise answer
    return answer


def answer_of(work: str, data: bytes, limits: Limits) -> Picture | RebuiltPdf | Refused:
    """Return the answer of one child that does `work`, named as `module:function`."""
    with _place(limits), _child(work, data, limits) as child:
        try:
            packed = _exchange(child, data, limits)
            child.wait(limits.wall_seconds)
        except (TimeoutError, subprocess.TimeoutExpired):
            return Refused("time")
        except OverflowError:
            return Refused("unsafe")
    if child.returncode:
        return _told_by(child.returncode)
    try:
        return wire.unpack(packed)
    except ValueError:
        return Refused("unsafe")


@contextmanager
def _place(limits: Limits) -> Iterator[None]:
    with ExitStack() as taken:
        for places in (_patient_places, _places) if limits.can_wait else (_places,):
            if not places.acquire(timeout=limits.waiting_seconds):
                raise TooMany(
                    "Others are sending files just now. Please try again in a moment.", retry_seconds=RETRY_SECONDS
                )
            taken.callback(places.release)
        yield


@contextmanager
def _child(work: str, data: bytes, limits: Limits) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-I", "-c", START, str(ROOT), work]
    command += [str(limits.memory_bytes), str(limits.cpu_seconds_for(data))]
    pipe = subprocess.PIPE
    try:
        child = subprocess.Popen(  # noqa: S603 - nothing in the command comes from outside
            command, stdin=pipe, stdout=pipe, env={}, cwd="/", bufsize=0, start_new_session=True
        )
    except OSError as error:
        raise Unavailable("No process can be started to check an upload.") from error
    with child:
        try:
            yield child
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)


def _exchange(child: subprocess.Popen[bytes], data: bytes, limits: Limits) -> bytes:
    """Send `data` and return what comes back until the child closes its end.

    Raises TimeoutError when that takes too long, OverflowError when it is too much.
    """
    sending, receiving = cast(IO[bytes], child.stdin), cast(IO[bytes], child.stdout)
    deadline = time.monotonic() + limits.wall_seconds
    unsent, answer = memoryview(data), bytearray()
    os.set_blocking(sending.fileno(), False)
    with selectors.DefaultSelector() as pipes:
        pipes.register(sending, selectors.EVENT_WRITE)
        pipes.register(receiving, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in pipes.select(max(0.0, deadline - time.monotonic()))}
            if not ready:
                raise TimeoutError
            if sending in ready:
                unsent = _send(sending.fileno(), unsent)
                if not unsent:
                    pipes.unregister(sending)
                    sending.close()
            if receiving in ready:
                received = os.read(receiving.fileno(), CHUNK_BYTES)
                if not received:
                    return bytes(answer)
                answer += received
                if len(answer) > limits.answer_bytes:
                    raise OverflowError


def _send(pipe: int, unsent: memoryview) -> memoryview:
    """Return what is still to be sent: nothing, when the child no longer listens."""
    try:
        return unsent[os.write(pipe, unsent[:CHUNK_BYTES]) :]
    except BrokenPipeError:
        return unsent[:0]


def _told_by(returncode: int) -> Refused:
    """Return why a child ended early. Raises Unavailable when it could not even begin, or was stopped from outside."""
    if returncode in STOPPED:
        raise Unavailable("The process that checks uploads was stopped.")
    if returncode > 0:
        raise Unavailable("The process that checks uploads cannot start; its error is in the log.")
    if -returncode in (signal.SIGPROF, signal.SIGXCPU):
        return Refused("time")
    # The system kills outright when the machine, not only the child, is out of memory.
    return Refused("memory" if -returncode == signal.SIGKILL else "unsafe")
