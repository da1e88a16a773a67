"""What is asked of any pair: whether it fits, how well, and how far apart the two are."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Priority = Literal["high", "medium", "low"]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

finest = 2_000
"""What a pair can score at most, beyond being a pair: 1,000 for how much is covered, 1,000 for how near it is."""


def worth(priorities: list[Priority], places: int) -> Numbers:
    """What it is worth to help those who ask, each by their priority, where there are so many places.

    To help one more outweighs all that the pairs can be better or worse, so as many as possible are helped. Who is
    helped then goes by priority: whoever could be helped together with all more urgent ones is.
    """
    pair = (min(len(priorities), places) + 1) * finest
    return np.array([pair * urgency[priority] for priority in priorities], dtype=np.int64)


farthest_km = 100.0
_unknown_km = farthest_km / 2
urgency: dict[Priority, int] = {"low": 1, "medium": 2, "high": 3}


class Place(NamedTuple):
    """Metres east and north on the Ordnance Survey's national grid."""

    easting: int
    northing: int


def distance_km(one: Place | None, other: Place | None) -> float | None:
    """As the crow flies, to a tenth; None where a place is not known."""
    if one is None or other is None:
        return None
    return round(math.dist(one, other) / 1_000, 1)


def nearness(ones: list[Place | None], others: list[Place | None]) -> Numbers:
    """From 1,000 for next door to 0 for 100 km and more; half of it where a place is not known."""
    east, north = _coordinates(ones)
    other_east, other_north = _coordinates(others)
    metres = np.hypot(east[:, None] - other_east[None, :], north[:, None] - other_north[None, :])
    km = np.where(np.isnan(metres), _unknown_km, metres / 1_000)
    return np.rint(1_000 * (1 - np.minimum(km, farthest_km) / farthest_km)).astype(np.int64)


def equal(ones: list[str], others: list[str]) -> Flags:
    """Where the two are the same."""
    found: Flags = np.array(ones, dtype=object)[:, None] == np.array(others, dtype=object)[None, :]
    return found.astype(np.bool_)


def met(wanted: list[str | None], found: list[str | None]) -> Flags:
    """Where what is wanted is found; nothing wanted is met by anything."""
    anything = np.array([w is None for w in wanted], dtype=np.bool_)
    return anything[:, None] | equal([w or "" for w in wanted], [f or "" for f in found])


def _coordinates(places: list[Place | None]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    nowhere = (math.nan, math.nan)
    both = np.array([place or nowhere for place in places], dtype=np.float64).reshape(-1, 2)
    return both[:, 0], both[:, 1]
