"""What all tests share keeps no bad luck."""

from __future__ import annotations

from dataclasses import replace

import pytest

from organizer.media import Refused, sandbox
from tests.media import corpus


def test_what_a_busy_machine_has_refused_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    data = corpus.jpeg(corpus.photo((31, 17)))
    with monkeypatch.context() as patch:
        patch.setitem(sandbox.LIMITS, "images", replace(sandbox.LIMITS["images"], wall_seconds=0.001))
        with pytest.raises(Refused) as caught:
            sandbox.run("images", data)
        assert caught.value.reason == "time"
    assert sandbox.run("images", data).width == 31


def test_limits_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    data = corpus.jpeg(corpus.photo((29, 17)))
    assert sandbox.run("images", data).width == 29
    with pytest.raises(Refused):
        sandbox.run("images", data, replace(sandbox.LIMITS["images"], wall_seconds=0.001))
