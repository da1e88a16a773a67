"""How long it takes to find who could help: as many requests as offers, all of one dimension and unit."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import date, timedelta

from scipy.optimize import linear_sum_assignment

from services.reporting.matching.capacity import Offer, Request, match, score
from services.reporting.matching.fitting import Place, Priority
from services.reporting.matching.levels import Level
from tests.bench.measuring import Figures, Run, Turns

_MANY = 500
_FROM = date(2026, 11, 1)
_PRIORITIES: tuple[Priority, ...] = ("high", "medium", "low")


async def measure(turns: Turns) -> Figures:
    """All of it, and the optimiser alone on the scores that it is given."""
    requests, offers = _trust(random.Random(1))
    scores = score(requests, offers).astype(float)
    return await turns(
        {
            "match, 500 requests to 500 offers": _milliseconds(lambda: match(requests, offers)),
            "scipy's optimum of the same scores": _milliseconds(lambda: linear_sum_assignment(scores, maximize=True)),
        },
        "ms",
    )


def _milliseconds(work: Callable[[], object]) -> Run:
    async def run() -> float:
        began = time.perf_counter()
        work()
        return 1_000 * (time.perf_counter() - began)

    return run


def _trust(chance: random.Random) -> tuple[list[Request], list[Offer]]:
    """Schools all over a county."""

    def place() -> Place:
        return Place(chance.randrange(400_000, 480_000), chance.randrange(300_000, 380_000))

    def asked(number: int) -> Request:
        return Request(
            id=f"request {number:03}",
            trustuid="99001",
            taker_urn=f"9{number:05}",
            dimension="people",
            unit="half_days",
            quantity=chance.randrange(1, 20),
            from_on=_FROM,
            to_on=_FROM + timedelta(days=chance.randrange(60)),
            specialism=chance.choice((None, "phonics")),
            priority=chance.choice(_PRIORITIES),
            place=place(),
        )

    def offered(number: int) -> Offer:
        level = Level(_FROM + timedelta(days=chance.randrange(20)), _FROM + timedelta(days=90), chance.randrange(1, 20))
        return Offer(
            id=f"offer {number:03}",
            trustuid="99001",
            giver_urn=f"8{number:05}",
            dimension="people",
            unit="half_days",
            levels=(level,),
            specialism=chance.choice((None, "phonics")),
            place=place(),
        )

    return [asked(number) for number in range(_MANY)], [offered(number) for number in range(_MANY)]
