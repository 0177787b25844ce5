"""The ten upcoming actions, dated from the day on which the demo is filled."""

from __future__ import annotations

from datetime import time

from organizer.events.rules import Kind, Link, SpotShown, Texts
from organizer.keeping.demo.groups import BERLIN, LOS_ANGELES, TBILISI
from organizer.keeping.demo.scenes import (
    FRIDAY,
    SATURDAY,
    SUNDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    Scene,
    asks,
    cancelled,
    going,
    maybe,
    noticed,
    postponed,
    translated,
)
from organizer.rsvps.rules import Level

NO_FACES = "No faces without asking."
WRITE = Link("Write to a prisoner", "https://letters.example/write")

MARKET = Scene(
    group="East Bay Letters",
    city="Oakland",
    zone=LOS_ANGELES,
    on=(SATURDAY, 0),
    starts=time(10),
    ends=time(13),
    kind=Kind.LEAFLETING,
    title="Leaflets and letters at the market",
    what_for="We bring a table, leaflets and stamped postcards. Take ten leaflets for a quarter of an hour, or sit "
    "down and write three sentences to someone who is in prison for opposing the war.",
    place="Farmers' market near the lake",
    more={
        "spot": "The north gate, beside the flower stall; look for the yellow umbrella",
        "spot_shown": SpotShown.TO_ANSWERED,
        "spoken_languages": "English, Spanish, Russian",
        "what_to_bring": "Comfortable shoes, a pen. We have leaflets, gloves and tea.",
        "access": "Level ground. Two chairs at the table. Toilets at the market's office.",
        "photo_rule": NO_FACES,
        "safety_notes": "If someone becomes unpleasant: do not argue, come to the table. We are never alone there.",
        "private_notes": "The umbrella is in the blue car. Fern has the permit.",
        "tags": ("leaflets", "letters", "political prisoners"),
        "links": (WRITE,),
    },
    life=(
        going(("Fern", 2), ("Otter", 1), ("", 1), ("Juniper", 3), ("Wren", 1), ("", 2)),
        maybe(("Sage", 1), ("Marten", 2)),
    ),
)

LETTERS = Scene(
    group="Lanterns",
    city="Berlin",
    zone=BERLIN,
    on=(THURSDAY, 1),
    starts=time(19),
    ends=time(21, 30),
    kind=Kind.MEETING,
    title="An evening of letters",
    what_for="We write to prisoners, with addresses, hints and someone who translates. No experience needed: most of "
    "us wrote the first letter here.",
    place="Neighbourhood library, reading room",
    more={
        "spoken_languages": "German, Russian, English",
        "what_to_bring": "A pen. Paper, envelopes and stamps are there.",
        "access": "Lift. The room has a quiet corner.",
        "photo_rule": NO_FACES,
        "tags": ("letters", "political prisoners"),
        "links": (WRITE,),
    },
    life=(
        asks(places=12),
        going(("Birch", 2), ("Heron", 1), ("Linnet", 3), ("", 2), ("Ash", 1), ("Swift", 2), ("Teasel", 1)),
    ),
)

VIGIL = Scene(
    group="Across the Bridge",
    city="San Francisco",
    zone=LOS_ANGELES,
    on=(TUESDAY, 1),
    starts=time(18, 30),
    kind=Kind.VIGIL,
    title="Candles at dusk",
    what_for="We stand together in silence for a while and read out names. Stay as long as you like.",
    place="The steps in front of the main library",
    more={
        "what_to_bring": "A candle in a glass, if you have one.",
        "access": "There is a ramp on the left side of the steps.",
        "photo_rule": "From behind only, please.",
        "tags": ("vigil", "political prisoners"),
    },
)

SQUARE = Scene(
    group="Lanterns",
    city="Berlin",
    zone=BERLIN,
    on=(SUNDAY, 2),
    starts=time(14),
    ends=time(16),
    kind=Kind.RALLY,
    title="Lanterns for everyone they locked up",
    what_for="A rally with short speeches and long applause, for prisoners of conscience wherever they are held.",
    place="On the square before the old gasworks",
    more={
        "programme": "14:00 Music, a brass quartet\n14:20 Three letters from prison, read aloud (German, Russian)\n"
        "15:00 Speeches, five minutes each (German, English)\n15:40 Lighting the lanterns",
        "endorsers": "Lanterns\nEast Bay Letters\nThe Tuesday Choir",
        "press_contact": "press@lanterns.example",
        "safety_notes": "Stewards wear yellow scarves. The number of the legal team hangs at the stage.",
        "photo_rule": NO_FACES,
        "tags": ("rally", "political prisoners"),
    },
    life=(
        noticed(
            en="We moved to the north side of the square, beside the bicycle stands: the south side is a building site."
        ),
    ),
)

LIBRARY = Scene(
    group="East Bay Letters",
    city="Oakland",
    zone=LOS_ANGELES,
    on=(WEDNESDAY, 2),
    kind=Kind.OTHER,
    title="Write-a-letter day",
    what_for="All day long there is a table with paper, addresses and someone to talk to. Come when it suits you.",
    place="Branch library, ground floor",
    more={"photo_rule": NO_FACES, "tags": ("letters",), "links": (WRITE,)},
    life=(going(("", 1), ("", 2), ("", 1), ("", 1)),),
)

WORKSHOP = Scene(
    group="Lanterns",
    city="Tbilisi",
    zone=TBILISI,
    on=(FRIDAY, 2),
    starts=time(18),
    ends=time(16),
    until=2,
    kind=Kind.MEETING,
    title="A weekend of translating",
    what_for="From Friday evening to Sunday afternoon we translate letters and leaflets together, in small groups, "
    "with soup in between. Come for the whole weekend or for an hour.",
    place="House of culture on the hill, second floor",
    more={
        "spoken_languages": "Georgian, Russian, Ukrainian, English",
        "what_to_bring": "A laptop or a notebook, and a cup.",
        "tags": ("letters", "translation"),
    },
    life=(asks(places=30), going(("Plum", 2), ("Kestrel", 1), ("Walnut", 4)), maybe(("Thrush", 1))),
)

ANNIVERSARY = Scene(
    group="Across the Bridge",
    city="San Francisco",
    zone=LOS_ANGELES,
    on=(SUNDAY, 3),
    starts=time(13),
    ends=time(15),
    kind=Kind.RALLY,
    title="Stand with Ukraine, stand with those who said no",
    what_for="We stand with Ukraine, and with everyone who is in prison for having said no to the war. Bring your "
    "flag, your language and your friends.",
    place="The plaza at the end of the market street",
    more={
        "spoken_languages": "English, Spanish, Ukrainian, Russian",
        "what_to_bring": "Flags, signs, water.",
        "access": "Step-free. A quiet place behind the stage. The speeches are interpreted into sign language.",
        "photo_rule": NO_FACES,
        "safety_notes": "Stewards wear orange. Write the legal-aid number on your arm: it hangs at every lamp post.",
        "tags": ("rally", "Ukraine", "political prisoners"),
        "endorsers": "Across the Bridge\nEast Bay Letters",
    },
    life=(
        translated(
            "es",
            Texts(
                title="Con Ucrania y con quienes dijeron no",
                what_for="Estamos con Ucrania y con todas las personas encarceladas por haber dicho no a la guerra. "
                "Traigan su bandera, su idioma y a sus amistades.",
                what_to_bring="Banderas, carteles, agua.",
                access="Sin escalones. Un lugar tranquilo detrás del escenario. Los discursos se interpretan en lengua "
                "de señas.",
                photo_rule="Ninguna cara sin preguntar.",
                safety_notes="El equipo de orden va de naranja. Escriban en el brazo el número de ayuda legal: está "
                "en cada farola.",
            ),
        ),
        translated(
            "uk",
            Texts(
                title="Разом з Україною і з тими, хто сказав «ні»",
                what_for="Ми разом з Україною і з усіма, хто сидить у в'язниці за те, що сказав війні «ні». "
                "Приносьте свій прапор, свою мову і приводьте друзів.",
                what_to_bring="Прапори, плакати, воду.",
                access="Без сходів. За сценою є тихе місце. Промови перекладають жестовою мовою.",
                photo_rule="Жодних облич без дозволу.",
                safety_notes="Розпорядники в помаранчевому. Запишіть на руці номер правової допомоги: він висить на "
                "кожному ліхтарі.",
            ),
        ),
        asks(level=Level.HEADCOUNT, has_public_count=True),
        going(*[("", size) for size in (2, 6, 4, 1, 3, 5, 6, 2, 4, 6, 3, 1, 5, 6)]),
        maybe(("", 2), ("", 4), ("", 1)),
    ),
)

POSTERS = Scene(
    group="Across the Bridge",
    city="San Francisco",
    zone=LOS_ANGELES,
    on=(SATURDAY, 1),
    starts=time(11),
    ends=time(15),
    kind=Kind.MEETING,
    title="Painting posters",
    what_for="Big brushes, bright paint: we make the signs for the rally.",
    place="Workshop in the back yard",
    more={"tags": ("posters", "Ukraine")},
    life=(going(("Clover", 2), ("Gannet", 1)), cancelled("A pipe burst and the workshop is under water.")),
)

FILM = Scene(
    group="Lanterns",
    city="Tbilisi",
    zone=TBILISI,
    on=(FRIDAY, 4),
    starts=time(20),
    ends=time(22, 30),
    kind=Kind.MEETING,
    title="Film and talk in the courtyard",
    what_for="A documentary about people who write letters, and a talk with some of them.",
    place="Courtyard behind the bookshop",
    more={"tags": ("film", "letters")},
    life=(postponed("The projector has not come through the customs."),),
)

FLEA_MARKET = Scene(
    group="Lanterns",
    city="Berlin",
    zone=BERLIN,
    on=(SUNDAY, 5),
    starts=time(11),
    ends=time(14),
    kind=Kind.LEAFLETING,
    title="Leaflets at the flea market",
    what_for="Two hundred leaflets, four corners of the market, and a lot of time to talk.",
    place="Flea market in the park, at the stone gate",
    more={
        "spoken_languages": "German, English, Turkish",
        "photo_rule": NO_FACES,
        "tags": ("leaflets", "political prisoners"),
    },
    life=(asks(places=20), going(("Moss", 1), ("Jay", 2), ("", 1))),
)

UPCOMING = (MARKET, LETTERS, VIGIL, SQUARE, LIBRARY, WORKSHOP, ANNIVERSARY, POSTERS, FILM, FLEA_MARKET)
