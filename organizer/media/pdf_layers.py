"""Which layers (optional content) of a PDF are not shown when it is opened."""

from collections.abc import Iterable

import pikepdf


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

    def hides(self, member: object) -> bool:
        """Whether what belongs to `member`, a layer or a rule over several, is not shown at first."""
        if not isinstance(member, pikepdf.Dictionary) or not self._off:
            return False
        if member.get("/Type") != pikepdf.Name.OCMD:
            return member.objgen in self._off
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

    def hidden_names(self, resources: object) -> frozenset[str]:
        """Return the names by which content that uses `resources` calls hidden layers."""
        properties = resources.get("/Properties") if isinstance(resources, pikepdf.Dictionary) else None
        if not isinstance(properties, pikepdf.Dictionary):
            return frozenset()
        return frozenset(name for name, member in properties.items() if self.hides(member))


def _groups(found: object) -> set[tuple[int, int]]:
    members: Iterable[object] = found if isinstance(found, pikepdf.Array) else [found]
    return {member.objgen for member in members if isinstance(member, pikepdf.Dictionary)}
