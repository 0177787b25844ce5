"""What is tested here is the making itself."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def made_once() -> None:
    """Each test has its own child."""
