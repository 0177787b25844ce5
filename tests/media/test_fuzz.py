"""Damaged uploads of all kinds: each is rebuilt or refused, and what was planted stays behind. Longer with --soak."""

import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organizer.media import Picture, RebuiltPdf, Refused, sandbox
from tests.media import corpus, figures, looking, typeset
from tests.media.features import FEATURES

IS_SOAK = bool(os.environ.get("ORGANIZER_SOAK"))
EXAMPLES = 2500 if IS_SOAK else 60

PDFS: dict[str, Callable[[], bytes]] = {**FEATURES, **figures.FIGURES, **typeset.TYPESET}
NEAR = 400
"""Bytes that one piece of damage takes at most; more ends with the file's table, and so always with a refusal."""

SEEN_BY_DAMAGE = frozenset(
    {"before", "behind_the_end", "hidden", "hidden_layer", "layered_form", "more_colours", "more_rows"}
    | {"operand", "unknown_operand"}
)
"""What a damaged file may show: a layer that is on now, a picture with more rows or colours, one without an end, an
older version of a page, words whose operator has become another. It is drawn then, and the uploader sees it."""

damages = st.lists(
    st.tuples(st.sampled_from(["flip", "cut", "double", "blank", "number"]), st.floats(0, 1), st.integers(1, NEAR)),
    min_size=1,
    max_size=4,
)


def _damaged(data: bytes, damage: list[tuple[str, float, int]]) -> bytes:
    for kind, place, size in damage:
        start = int(place * len(data))
        part, rest = data[start : start + size], data[start + size :]
        match kind:
            case "flip":
                part = bytes([part[0] ^ (1 << size % 8)]) + part[1:] if part else b""
            case "cut":
                part = b""
            case "double":
                part *= 2
            case "blank":
                part = b" " * len(part)
            case _:
                part = bytes(byte if byte not in b"0123456789" else 0x39 for byte in part)
        data = data[:start] + part + rest
    return data


@cache
def _pdf(name: str) -> bytes:
    return PDFS[name]()


@cache
def _picture(name: str) -> bytes:
    return corpus.PICTURES[name](corpus.photo((160, 120)))


fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=not IS_SOAK,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def _result(job: Literal["pdfs", "images"], data: bytes) -> RebuiltPdf | Picture | None:
    """Return what becomes of it; nothing when it is refused. Nothing else may happen."""
    with suppress(Refused):
        return sandbox.run(job, data)
    return None


@pytest.mark.load
@fuzzed
@given(st.sampled_from(sorted(PDFS)), damages)
def test_a_damaged_pdf_is_rebuilt_without_canaries_or_refused(name: str, damage: list[tuple[str, float, int]]) -> None:
    rebuilt = _result("pdfs", _damaged(_pdf(name), damage))
    if isinstance(rebuilt, RebuiltPdf):
        assert looking.left(rebuilt.data) <= SEEN_BY_DAMAGE | corpus.canaries(rebuilt.text.encode())


@pytest.mark.load
@fuzzed
@given(st.sampled_from(sorted(corpus.PICTURES)), damages)
def test_a_damaged_picture_is_rebuilt_without_canaries_or_refused(
    name: str, damage: list[tuple[str, float, int]]
) -> None:
    rebuilt = _result("images", _damaged(_picture(name), damage))
    if isinstance(rebuilt, Picture):
        for picture in (rebuilt, *rebuilt.previews):
            assert looking.left_in_picture(picture.data) == set()
