"""Which tests go to one process together, and which files begin.

What a file has set up for all its tests is set up once then. pytest-xdist has groups for this, but with the pytest of
today it overlooks them, without a word.
"""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling

FIRST = (
    "tests/browser/test_look.py",
    "tests/test_policies.py",
    "tests/browser/test_statements.py",
    "tests/statements/test_withdrawal.py",
    "tests/browser/test_leaflets.py",
    "tests/browser/test_journey.py",
    "tests/posters/test_jobs.py",
)
"""What takes longest, so that nobody waits for it in the end."""
WORLD = ("tests/test_policies.py", "tests/test_bad_input.py", "tests/test_headers.py", "tests/test_architecture.py")
"""Those that walk through the whole world, which is built once in each process."""


class ByFile(LoadScopeScheduling):
    """Hands out whole files, in the order of the collection."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "world" if file in WORLD else file


def place(item: pytest.Item) -> int:
    """The place of a test's file among all, for sorting; those that are not among the first stay as they are."""
    file = item.nodeid.partition("::")[0]
    return FIRST.index(file) if file in FIRST else len(FIRST)
