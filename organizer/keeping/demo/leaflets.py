"""The demo's leaflets: sheets set by typst, one in place of a drawing, one in two languages; and one drawing. Ours."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from organizer import documents
from organizer.keeping.demo.past import OAKLAND, SAN_FRANCISCO
from organizer.keeping.demo.scenes import Scene
from organizer.keeping.demo.upcoming import ANNIVERSARY, MARKET
from organizer.leaflets.rules import Kind, LeafletDetails, Licence, VersionDetails

MADE_FOR_THE_DEMO = "Made for the demo of Organizer"
DRAWN_FOR_THE_DEMO = "Drawn for the demo of Organizer"

WHO: dict[str, Any] = {
    "language": "en",
    "title": "They said no. They are in prison.",
    "lead": "In Russia people are locked up because they spoke against the war. You can write to them today.",
    "sections": [
        {
            "heading": "Who they are",
            "text": "Teachers, students, pensioners; a few whose names you may have read, and many whose names nobody "
            "knows. Some held up a sheet of paper. Some wrote a sentence on the internet. Some handed out a leaflet "
            "like this one.",
        },
        {
            "heading": "Why today",
            "text": "19 January is the day of solidarity with Russian dissidents. We keep it with a table and a stack "
            "of paper.",
        },
        {
            "heading": "What you can do in five minutes",
            "text": "Take a postcard. Write three sentences about your street, your dog, the weather. Say that you "
            "know why she is there. We add the address and the stamp.\n\n"
            "And tell one person what you have read here.",
        },
    ],
    "foot": "No copyright: copy it, translate it, hand it on.",
}

HOW: dict[str, Any] = {
    "language": "en",
    "title": "How to write to a prisoner",
    "lead": "It takes ten minutes, and it is read several times.",
    "sections": [
        {
            "heading": "Begin",
            "text": "Say who you are, as far as you like: a first name is enough. Say that you have heard of her, and "
            "that you are glad to be able to write.",
        },
        {
            "heading": "Go on",
            "text": "Write about small things: what grows on your balcony, what you cooked, what made you laugh. A day "
            "outside is news inside.",
        },
        {
            "heading": "Leave out",
            "text": "Names and plans of others. Questions about the case. Anything that could be used against her: a "
            "censor reads it first.",
        },
        {
            "heading": "End",
            "text": "Ask her something that she may enjoy answering. Put a picture postcard in. Write again in a "
            "month, even when no answer has come.",
        },
    ],
    "foot": "No copyright: copy it, translate it, hand it on.",
}

HOW_IN_SPANISH: dict[str, Any] = {
    "language": "es",
    "title": "Cómo escribir a una persona presa",
    "lead": "Se tarda diez minutos, y se lee varias veces.",
    "sections": [
        {
            "heading": "Empieza",
            "text": "Di quién eres, hasta donde quieras: basta un nombre. Di que has oído hablar de ella y que te "
            "alegra poder escribirle.",
        },
        {
            "heading": "Sigue",
            "text": "Cuenta cosas pequeñas: qué crece en tu balcón, qué cocinaste, qué te hizo reír. Un día fuera es "
            "una noticia dentro.",
        },
        {
            "heading": "Calla",
            "text": "Nombres y planes de otras personas. Preguntas sobre el caso. Todo lo que pueda usarse contra "
            "ella: primero lo lee la censura.",
        },
        {
            "heading": "Termina",
            "text": "Pregúntale algo que le guste responder. Mete una postal. Escribe otra vez dentro de un mes, "
            "aunque no haya llegado respuesta.",
        },
    ],
    "foot": "Sin derechos reservados: copia, traduce, pasa la hoja.",
}


@dataclass(frozen=True)
class Edition:
    """What replaces the first version of a sheet."""

    details: VersionDetails
    kind: Kind
    make: Callable[[], bytes]


@dataclass(frozen=True)
class Sheet:
    """What an organizer would upload for the scene's event, and bring to the `further` one; `make` gives its bytes.

    It says the same as the sheet with the title `same_as`, which comes before it, in another language.
    """

    scene: Scene
    details: LeafletDetails
    kind: Kind
    make: Callable[[], bytes]
    further: Scene | None = None
    second: Edition | None = None
    same_as: str = ""


@cache
def drawing(name: str) -> bytes:
    """The picture of `drawings` with that name, made by a process of its own: a site need not hold what draws."""
    command = [sys.executable, "-m", "organizer.keeping.demo.drawings", name]
    return subprocess.run(command, cwd=documents.ROOT, stdout=subprocess.PIPE, check=True, timeout=60).stdout  # noqa: S603 - the names are ours


def _set(data: dict[str, Any]) -> Callable[[], bytes]:
    return partial(documents.pdf, "keeping/demo/leaflet.typ", data)


def _said(title: str, made: str, text_alternative: str = "", language: str = "en") -> LeafletDetails:
    return LeafletDetails(title, language, Licence.CC0, made, text_alternative=text_alternative)


TABLE = (
    "A drawing: a yellow umbrella over a table between market stalls. Two people hand out leaflets, two others stop "
    "and read."
)
STREET = (
    "A drawing: many people seen from behind, with flags and signs. One carries a picture frame with a grey figure in "
    "it."
)

LEAFLETS = (
    Sheet(
        OAKLAND,
        _said(WHO["title"], MADE_FOR_THE_DEMO, TABLE),
        Kind.PICTURE,
        partial(drawing, "market"),
        further=MARKET,
        second=Edition(
            VersionDetails("Words in place of the drawing: who they are, and what you can do in five minutes."),
            Kind.PDF,
            _set(WHO),
        ),
    ),
    Sheet(
        SAN_FRANCISCO,
        _said("Together in the street", DRAWN_FOR_THE_DEMO, STREET),
        Kind.PICTURE,
        partial(drawing, "crowd"),
        further=ANNIVERSARY,
    ),
    Sheet(MARKET, _said(HOW["title"], MADE_FOR_THE_DEMO), Kind.PDF, _set(HOW)),
    Sheet(
        MARKET,
        _said(HOW_IN_SPANISH["title"], MADE_FOR_THE_DEMO, language=HOW_IN_SPANISH["language"]),
        Kind.PDF,
        _set(HOW_IN_SPANISH),
        same_as=HOW["title"],
    ),
)
