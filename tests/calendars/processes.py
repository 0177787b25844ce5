"""Other processes of the same program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def printed(program: str, *arguments: str, seed: str) -> str:
    """What a process prints whose hashes begin with this seed."""
    run = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={"PYTHONHASHSEED": seed},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return run.stdout.strip()
