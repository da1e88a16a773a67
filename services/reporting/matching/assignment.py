"""The best assignment of those who ask to those who offer: each once, the sum of their scores as high as can be.

Solved by the shortest augmenting paths of Crouse (2016), in scipy. Scores are whole numbers below 2^53 in all, so that
the sums are exact: two assignments are equally good, or one is better.

Whom a row would have otherwise is told by the best assignment in which it has not this column: worked out from the
best one, and not solved anew. Who gives up a column takes another one, whose row takes another one, and so on, until
the one that was given up is taken or left free: a closed walk through the rows. The cheapest walks between all rows are
found by Floyd's and Warshall's algorithm. No closed walk gains anything, because the assignment is the best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.int64]
"""One row for each who asks, one column for each place that is offered; 0 where the two do not fit."""

largest_sum = 2**53
_none = -1


@dataclass(frozen=True, slots=True)
class Match:
    """What a row has. All but `fitting` are columns.

    Attributes:
        second: what it has in the best assignment in which it has not `first`; None: nothing then.
        better: what would be better for this row alone, and another row has; without a `first`, all that fits.
        fitting: how many owners fit.
    """

    first: int | None
    second: int | None
    better: tuple[int, ...]
    fitting: int


def assign(scores: Scores, owners: Sequence[str], *, seconds: bool = True) -> list[Match]:
    """The best assignment, row by row. The same scores give the same one.

    Args:
        owners: whose each column is: who offers several places is no second best to themselves.
        seconds: whether to say them: they take most of the time.

    Raises:
        ValueError: the scores are so large that their sums would not be exact.
    """
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - 50 MB, for a service that is asked for this

    if scores.size and int(scores.max()) * min(scores.shape) >= largest_sum:
        raise ValueError("scores are too large to be added exactly")
    rows, columns = linear_sum_assignment(scores.astype(np.float64), maximize=True)
    chosen = np.full(len(scores), _none, dtype=np.int64)
    fits = scores[rows, columns] > 0
    chosen[rows[fits]] = columns[fits]
    whose = np.unique(np.array(owners, dtype=object), return_inverse=True)[1]
    second = _second(scores, chosen, whose) if seconds and fits.any() else np.full_like(chosen, _none)
    return [
        Match(
            first=None if first == _none else first,
            second=None if other == _none else other,
            better=_one_an_owner(worth > (0 if first == _none else worth[first]), whose),
            fitting=len(_one_an_owner(worth > 0, whose)),
        )
        for worth, first, other in zip(scores, chosen.tolist(), second.tolist(), strict=True)
    ]


def _one_an_owner(wanted: NDArray[np.bool_], whose: NDArray[np.int64]) -> tuple[int, ...]:
    columns = np.flatnonzero(wanted)
    return tuple(sorted(columns[np.unique(whose[columns], return_index=True)[1]].tolist()))


def _second(scores: Scores, chosen: NDArray[np.int64], whose: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of several that are as good, the one that is better for the row itself, then the first."""
    held = np.flatnonzero(chosen != _none)
    free = np.setdiff1d(np.arange(len(whose)), chosen)
    least = _walks(scores, chosen, free)
    second = np.full(len(scores), _none, dtype=np.int64)
    for row in held:
        of_rows = held[whose[chosen[held]] != whose[chosen[row]]]
        left = free[whose[free] != whose[chosen[row]]]
        columns = np.concatenate([chosen[of_rows], left, [_none]])
        worth = np.append(scores[row, columns[:-1]], 0)
        back = np.concatenate([least[of_rows, row], np.full(len(left) + 1, least[-1, row])])
        best = np.lexsort((-worth, scores[row, chosen[row]] - worth + back))[0]
        second[row] = columns[best] if worth[best] > 0 else _none
    return second


def _walks(scores: Scores, chosen: NDArray[np.int64], free: NDArray[np.int64]) -> NDArray[np.int64]:
    """The least that is lost by moving on from each row to each other, whoever moves taking the other's column.

    One more row, the last, stands for all that nobody has: who moves there takes the best of it, or nothing, and what
    is moved to from there is left free.
    """
    rows = len(scores)
    taking = np.where(chosen == _none, 0, scores[:, chosen])
    own = taking.diagonal()
    least = np.zeros((rows + 1, rows + 1), dtype=np.int64)
    least[:rows, :rows] = own[:, None] - taking
    least[:rows, rows] = own - scores[:, free].max(axis=1, initial=0)
    for between in range(rows + 1):
        np.minimum(least, least[:, between, None] + least[None, between, :], out=least)
    return least
