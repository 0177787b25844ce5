"""What takes long to make and is copied rather than changed: made once in a run, by the worker that comes first."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(folders: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A copy of this worker's own of the folder that `make` fills; other workers wait for it meanwhile."""
    own = folders.getbasetemp()
    # With several workers each has its folder beside those of the others.
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    made, draft = shared / f"{name}-made", shared / f"{name}-draft"
    with (shared / f"{name}-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            make(draft)
            draft.rename(made)
    return Path(shutil.copytree(made, folders.mktemp(name), dirs_exist_ok=True))
