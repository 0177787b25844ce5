"""`python3 dev.py bench`: what pages, feeds and answers cost, as ratios to an empty Flask view on the same server."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks import sites
from benchmarks.client import burst, request
from benchmarks.sites import Served, Site

SIZES = (1_000, 10_000)
ROUNDS = 5
SECONDS = 1.0
MOST_GROWTH = 1.2
MOST_MEGABYTES = 150
# Of the time that writing a feed's entries anew would take.
MOST_OF_SERIALIZER = 0.2


@dataclass(frozen=True)
class Measure:
    """What is asked of a site and, to compare, of bare Flask; `floor` and `aim` are ratios of answers per second."""

    name: str
    requests: Callable[[Site], list[bytes]]
    status: int
    floor: float
    aim: float
    bare: Callable[[Site], bytes] = lambda _site: request("/hello")


def _unchanged(site: Site) -> list[bytes]:
    tag = site.get("/events.ics").header("ETag")
    return [request("/events.ics", If_None_Match=tag)]


def _same_size(site: Site) -> bytes:
    return request(f"/body/{len(site.get('/events.ics', Accept_Encoding='gzip').body)}")


MEASURES = (
    Measure("home", lambda _site: [request("/")], 200, 0.20, 0.30),
    Measure("event page", lambda site: [request(path) for path in site.addresses()], 200, 0.15, 0.25),
    Measure("feed unchanged (304)", _unchanged, 304, 0.50, 0.80),
    Measure(
        "feed again (gzip)",
        lambda _site: [request("/events.ics", Accept_Encoding="gzip")],
        200,
        0.50,
        0.80,
        _same_size,
    ),
    Measure("RSVP write", lambda site: site.answers(), 303, 0.10, 0.15),
)


def ratio(measure: Measure, site: Site, bare: Served) -> float:
    """The median of the rounds; each asks both, one after the other, so that a slow moment is shared."""
    ours, theirs = measure.requests(site), [measure.bare(site)]
    burst(site.port, ours, measure.status, SECONDS / 4)
    found = []
    for _ in range(ROUNDS):
        there = burst(bare.port, theirs, 200, SECONDS)
        found.append(burst(site.port, ours, measure.status, SECONDS) / there)
    return statistics.median(found)


def main() -> int:
    """Print the table; 1 when something is below its floor."""
    wanted = sys.argv[1:]
    chosen = [measure for measure in MEASURES if not wanted or any(word in measure.name for word in wanted)]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        data = {size: Path(folder) / str(size) for size in SIZES}
        for size, where in data.items():
            print(f"Making {size} events ...", flush=True)
            sites.seeding(where, size).wait(timeout=600)
        built, serialized = sites.first_build(data[SIZES[0]])
        print(
            f"first build of a feed of {SIZES[0]} events: {built:.0f} ms; writing its entries anew: {serialized:.0f} ms"
        )
        bare = running.enter_context(sites.bare(Path(folder) / "bare"))
        small, large = (running.enter_context(sites.site(data[size], size)) for size in SIZES)
        print(f"{'':22}{SIZES[0]:>8}{SIZES[1]:>8}{'floor':>8}{'aim':>8}{'growth':>8}")
        held = [_told(measure, small, large, bare) for measure in chosen]
        used = max(small.resident_megabytes, large.resident_megabytes)
        print(f"memory {used:.0f} MB, at most {MOST_MEGABYTES}")
        held += [used <= MOST_MEGABYTES, built <= MOST_OF_SERIALIZER * serialized]
    return 0 if all(held) else 1


def _told(measure: Measure, small: Site, large: Site, bare: Served) -> bool:
    few, many = ratio(measure, small, bare), ratio(measure, large, bare)
    growth = few / many
    print(f"{measure.name:22}{few:8.2f}{many:8.2f}{measure.floor:8.2f}{measure.aim:8.2f}{growth:8.2f}", flush=True)
    return min(few, many) >= measure.floor and growth <= MOST_GROWTH


if __name__ == "__main__":
    sys.exit(main())
