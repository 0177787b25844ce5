"""A long list, one page at a time: which page is asked for, and the ways to its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request, url_for

Item = TypeVar("Item")
LAST_PAGE = 10_000


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list that begins with the newest; None where there is no neighbour."""

    items: Sequence[Item]
    newer_url: str | None
    older_url: str | None


def number() -> int:
    """`?page`, from 1; whatever cannot be is the first."""
    asked = request.args.get("page", 1, type=int)
    return asked if 1 <= asked <= LAST_PAGE else 1


def page_of(read: Callable[[int, int], Sequence[Item]], size: int) -> Page[Item]:
    """The page that is asked for; `read(limit, offset)` is called once, for one item more than is shown."""
    here = number()
    found = read(size + 1, (here - 1) * size)
    return Page(
        items=found[:size],
        newer_url=_url(here - 1) if here > 1 else None,
        older_url=_url(here + 1) if len(found) > size else None,
    )


def page_found(items: Sequence[Item], count: int, size: int, asked: Mapping[str, str]) -> Page[Item]:
    """The page that is asked for of `count` in all; the ways to its neighbours keep what was asked for."""
    here = number()
    return Page(
        items=items,
        newer_url=_url(here - 1, **asked) if here > 1 else None,
        older_url=_url(here + 1, **asked) if count > here * size else None,
    )


def _url(page: int, **asked: str) -> str:
    return url_for(request.endpoint or "", page=page, **(request.view_args or {}), **asked)  # type: ignore[arg-type] # no field is named like an option of it
