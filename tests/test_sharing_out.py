from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from tests import sharing_out
from tests.served import ROOT
from tests.sharing_out import ByFile


@pytest.mark.parametrize("file", sorted({*sharing_out.FIRST, *sharing_out.WORLD}))
def test_what_is_named_is_there(file: str) -> None:
    assert (ROOT / file).is_file()


def test_the_tests_of_a_file_stay_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ByFile, "__init__", lambda _self: None)
    scope = ByFile()._split_scope
    assert scope("tests/test_mail.py::test_a[x@y::z]") == scope("tests/test_mail.py::test_b") == "tests/test_mail.py"
    assert scope("tests/test_policies.py::test_a") == scope("tests/test_headers.py::test_b") == "world"


def test_what_takes_longest_begins() -> None:
    files = ["tests/test_mail.py", sharing_out.FIRST[1], "tests/accounts/test_rules.py", sharing_out.FIRST[0]]
    items = [cast("pytest.Item", SimpleNamespace(nodeid=f"{file}::test_it")) for file in files]
    ordered = [item.nodeid.partition("::")[0] for item in sorted(items, key=sharing_out.place)]
    assert ordered == [sharing_out.FIRST[0], sharing_out.FIRST[1], "tests/test_mail.py", "tests/accounts/test_rules.py"]
