"""Which layers (optional content) of a PDF are not shown when it is opened."""

from collections.abc import Iterable
from typing import Final

import pikepdf

MOST_NESTED: Final = 5
MOST_PARTS: Final = 50
"""Of rules over layers; programs write two or three."""


class Layers:
    def __init__(self, root: pikepdf.Object) -> None:
        told = root.get("/OCProperties")
        default = told.get("/D") if isinstance(told, pikepdf.Dictionary) else None
        self._off: set[tuple[int, int]] = set()
        if isinstance(told, pikepdf.Dictionary) and isinstance(default, pikepdf.Dictionary):
            if default.get("/BaseState") == pikepdf.Name.OFF:
                self._off |= _groups(told.get("/OCGs"))
            self._off -= _groups(default.get("/ON"))
            self._off |= _groups(default.get("/OFF"))
            # Some programs follow the file, some the layer itself: what either switches off may be meant for nobody.
            self._off |= {group.objgen for group in _listed(told.get("/OCGs")) if _is_off_on_screens(group)}

    def hides(self, member: object) -> bool:
        """Whether what belongs to `member`, a layer or a rule over several, is not shown at first."""
        if not isinstance(member, pikepdf.Dictionary) or not self._off:
            return False
        if member.get("/Type") != pikepdf.Name.OCMD:
            return member.objgen in self._off
        rule = member.get("/VE")
        if isinstance(rule, pikepdf.Array):
            return not self._holds(rule, 0)
        are_off = [group in self._off for group in _groups(member.get("/OCGs"))]
        match str(member.get("/P", "/AnyOn")):
            case _ if not are_off:
                return False
            case "/AllOn":
                return any(are_off)
            case "/AnyOff":
                return not any(are_off)
            case "/AllOff":
                return not all(are_off)
        return all(are_off)

    def _holds(self, rule: object, depth: int) -> bool:
        """Whether a rule of And, Or and Not over layers says that something is shown."""
        if isinstance(rule, pikepdf.Dictionary):
            return rule.objgen not in self._off
        if not isinstance(rule, pikepdf.Array) or not len(rule) or depth > MOST_NESTED:
            return False
        word, *parts = rule.as_list()
        held = (self._holds(part, depth + 1) for part in parts[:MOST_PARTS])
        match str(word):
            case "/And":
                return all(held)
            case "/Or":
                return any(held)
            case "/Not":
                return not any(held)
        return False

    def hidden_names(self, resources: object) -> frozenset[str]:
        """Return the names by which content that uses `resources` calls hidden layers."""
        properties = resources.get("/Properties") if isinstance(resources, pikepdf.Dictionary) else None
        if not isinstance(properties, pikepdf.Dictionary):
            return frozenset()
        return frozenset(name for name, member in properties.items() if self.hides(member))


def _is_off_on_screens(group: pikepdf.Dictionary) -> bool:
    usage = group.get("/Usage")
    view = usage.get("/View") if isinstance(usage, pikepdf.Dictionary) else None
    return isinstance(view, pikepdf.Dictionary) and view.get("/ViewState") == pikepdf.Name.OFF


def _groups(found: object) -> set[tuple[int, int]]:
    return {member.objgen for member in _listed(found)}


def _listed(found: object) -> list[pikepdf.Dictionary]:
    members: Iterable[object] = found if isinstance(found, pikepdf.Array) else [found]
    return [member for member in members if isinstance(member, pikepdf.Dictionary)]
