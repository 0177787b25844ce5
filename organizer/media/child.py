"""The child process of `sandbox`: gives up its rights, does one job, answers on standard output, ends.

The child of `documents` is confined here too.
"""

import ctypes
import importlib
import math
import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import Final

from organizer.media import Picture, RebuiltPdf, Refused, wire

CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWNET: Final = 0x40000000
PR_SET_DUMPABLE: Final = 4
PR_SET_NO_NEW_PRIVS: Final = 38
STANDARD_FILES: Final = 3


def main(job: str, memory_bytes: str, cpu_seconds: str) -> None:
    """Do `job`, named as `module:function`, with standard input, within the limits.

    All that the job imports is loaded first: from the next line on no file can be opened.
    """
    module, _, function = job.partition(":")
    work = getattr(importlib.import_module(module), function)
    _give_up_rights()
    _limit(int(memory_bytes), float(cpu_seconds))
    sys.stdout.buffer.write(wire.pack(_answer(work, sys.stdin.buffer.read())))
    sys.stdout.buffer.flush()
    # Nothing is left to do, and libraries that read a hostile file may fall over while they tidy up.
    os._exit(0)


def _answer(work: Callable[[bytes], Picture | RebuiltPdf], data: bytes) -> Picture | RebuiltPdf | Refused:
    try:
        return work(data)
    except Refused as refusal:
        return refusal
    except MemoryError:
        return Refused("memory")
    except Exception:  # noqa: BLE001 - whatever else a hostile file provokes, it is refused
        return Refused("unsafe")


def _give_up_rights() -> None:
    """No network where the system lets us leave it, no core dump that would hold the upload, no way back to root."""
    system = ctypes.CDLL(None)
    if system.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        system.unshare(CLONE_NEWNET)
    system.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    system.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    # The site's own answers come first.
    os.nice(5)


def confine(memory_bytes: str, cpu_seconds: str) -> None:
    """Leave a child that sets pages what it needs: files, but neither network nor endless memory and time."""
    _give_up_rights()
    _limit_work(int(memory_bytes), float(cpu_seconds))


def _limit(memory_bytes: int, cpu_seconds: float) -> None:
    # Libraries complain about what they read; that belongs in no log.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stderr.fileno())
    os.close(nowhere)
    _limit_work(memory_bytes, cpu_seconds)
    _most(resource.RLIMIT_FSIZE, 0)
    # Standard input and output are all there is: no further file and no socket either.
    _most(resource.RLIMIT_NOFILE, STANDARD_FILES)


def _limit_work(memory_bytes: int, cpu_seconds: float) -> None:
    _most(resource.RLIMIT_AS, memory_bytes)
    _most(resource.RLIMIT_CORE, 0)
    # The timer is exact; the limit, in whole seconds, cannot be turned off by who takes the process over.
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    _most(resource.RLIMIT_CPU, math.ceil(cpu_seconds) + 1)


def _most(kind: int, amount: int) -> None:
    resource.setrlimit(kind, (amount, amount))
