"""Files of many makers with a canary wherever one can stand: none is left, and the pages look as before."""

from collections.abc import Callable
from itertools import chain

import pytest

from organizer.media import REASONS, Refused, pdfs
from tests.media import features, figures, looking, pages, typeset

Make = Callable[[], bytes]
TABLE: dict[tuple[str, str], Make] = {
    **{("pikepdf", feature): make for feature, make in features.FEATURES.items()},
    **{("pictures inside", feature): make for feature, make in figures.FIGURES.items()},
    **{("typeset", feature): make for feature, make in typeset.TYPESET.items()},
}
FROM = {"pikepdf": 2, "pictures inside": 3, "typeset": 10}
"""The least number of canaries that a file of this maker has, so that none is tried that was never planted."""


def _named(case: tuple[str, str]) -> str:
    return ": ".join(case)


@pytest.mark.parametrize("case", TABLE, ids=_named)
def test_what_was_planted_is_gone_and_the_pages_look_the_same(case: tuple[str, str]) -> None:
    data = TABLE[case]()
    planted = looking.left(data, _coordinates())
    assert len(planted) >= FROM[case[0]] or case[1] == "an XFA form", planted
    rebuilt = pdfs.rebuild(data)
    assert looking.left(rebuilt.data, _coordinates()) == set()
    assert looking.pictures_tell(rebuilt.data) <= looking.NO_TALE
    assert looking.inked(data) > 0.01
    assert looking.off(data, rebuilt.data) < looking.MOST_OFF
    assert "CANARY" not in rebuilt.text + "".join(rebuilt.links)
    previews = chain.from_iterable((preview, *preview.previews) for preview in rebuilt.previews)
    assert not any(looking.left_in_picture(preview.data) for preview in previews)


def _coordinates() -> frozenset[str]:
    return frozenset(str(abs(at)) for at in features.COORDINATES)


@pytest.mark.parametrize("case", features.REFUSED)
def test_what_cannot_be_read_for_certain_is_refused_with_a_sentence(case: str) -> None:
    make, reason = features.REFUSED[case]
    with pytest.raises(Refused) as caught:
        pdfs.rebuild(make())
    assert (caught.value.reason, caught.value.message) == (reason, REASONS[reason])


@pytest.mark.parametrize(
    "words",
    [
        b"3 Tr (told) Tj",  # neither filled nor drawn round
        b"1 g (told) Tj",  # white on white
        b"-500 0 Td (told) Tj",  # beyond the edge
        b"(told) Tj ET 0 g 0 0 200 100 re f BT /F0 9 Tf",  # under a black box
        b".1 0 0 .1 0 0 Tm (told) Tj",  # too small to be read
    ],
)
def test_words_that_nobody_sees_are_told_to_the_uploader(words: bytes) -> None:
    data = features.worded(b"BT /F0 12 Tf 20 50 Td " + words + b" ET")
    rebuilt = pdfs.rebuild(data)
    assert "told" in rebuilt.text
    assert looking.off(data, rebuilt.data) < looking.MOST_OFF


def test_a_difference_would_be_noticed() -> None:
    one, other = pages.made(b"0 0 200 100 re f"), pages.made(b"0 0 200 98 re f")
    assert looking.off(one, one) == 0
    assert looking.off(one, other) > looking.MOST_OFF
    assert looking.off(one, pages.made(b"", b"")) == 1


@pytest.mark.parametrize(
    ("case", "found"),
    [
        (("pikepdf", "metadata"), {"xmp", "author"}),
        (("pikepdf", "an older version below"), {"before"}),
        (("pikepdf", "unused objects"), {"unused0"}),
        (("pikepdf", "places on earth"), {"37.8044123", "122.2712345"}),
        (("pikepdf", "forms in forms"), {"form_name", "path"}),
        (("pictures inside", "a photo"), {"Exif\0\0", "Photoshop 3.0", "gps", "byline", "second_picture", "xmp"}),
        (("pictures inside", "pixels"), {"more_rows", "behind_the_end"}),
        (("pictures inside", "JPX"), {"uuid", "codestream"}),
        (("pictures inside", "JBIG2"), {"comment", "globals"}),
        (("typeset", "fonts that have names"), {"compact_fontname", "base_font", "buyer"}),
    ],
    ids=lambda each: " ".join(sorted(each)) if isinstance(each, set) else str(each),
)
def test_what_is_looked_for_would_be_found(case: tuple[str, str], found: set[str]) -> None:
    assert found <= looking.left(TABLE[case](), _coordinates())
