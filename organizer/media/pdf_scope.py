"""The resources that a content draws with: its own, or where it has none those of whatever draws it."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, cast

import pikepdf
from pikepdf import Dictionary, Name

from organizer.media.pdf_layers import Layers

_numbers: Final = count()


@dataclass(frozen=True)
class Scope:
    resources: Any = None
    hidden: frozenset[str] = frozenset()
    """By which names content calls layers that are not shown."""
    key: Hashable = field(default_factory=lambda: next(_numbers))
    """The same for the same resources, unless they stand within a page or a form."""

    @classmethod
    def of(cls, resources: Any, layers: Layers, hidden: frozenset[str] = frozenset()) -> "Scope":
        """`hidden` are the names that count where these resources name no layers."""
        if not isinstance(resources, Dictionary):
            return cls(Dictionary(), hidden)
        hidden = layers.hidden_names(resources) if "/Properties" in resources else hidden
        return cls(resources, hidden, (resources.objgen, hidden)) if resources.is_indirect else cls(resources, hidden)

    def within(self, resources: Any, layers: Layers) -> "Scope":
        """Return the scope of a content that is drawn here and has these resources of its own, if any."""
        return Scope.of(resources, layers, self.hidden) if isinstance(resources, Dictionary) else self

    def lends_to(self, resources: Any) -> Hashable:
        """Return what of this scope counts for such a content; the same for contents that come out the same."""
        if not isinstance(resources, Dictionary):
            return self.key
        return None if "/Properties" in resources else self.hidden

    def found(self, category: str, name: bytes) -> Any:
        """Return a resource by its name as it is written; None when there is none."""
        members = self.resources.get(category)
        return members.get(cast(Name, pikepdf.Object.parse(name))) if isinstance(members, Dictionary) else None
