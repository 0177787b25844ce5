"""What may follow what, and how addresses come from titles."""

from __future__ import annotations

import pytest

from organizer.errors import RuleError
from organizer.events.rules import CHANGES, Occurrence, changed
from organizer.groups.rules import slug_of


def test_only_what_the_table_names_may_follow() -> None:
    for change, (sources, target) in CHANGES.items():
        for occurrence in Occurrence:
            if occurrence in sources:
                assert changed(occurrence, change) == target
            else:
                with pytest.raises(RuleError):
                    changed(occurrence, change)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Leaflets at the farmers' market!", "leaflets-at-the-farmers-market"),
        ("Ñandú — ¡ya!", "nandu-ya"),
        ("Солидарность", ""),
        ("団結", ""),
        ("a" * 200, "a" * 60),
        ("../../etc", "etc"),
    ],
)
def test_an_address_is_plain_ascii(title: str, slug: str) -> None:
    assert slug_of(title) == slug
