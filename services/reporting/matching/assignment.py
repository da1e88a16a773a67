"""The best assignment of those who ask to those who offer: each once, the sum of their scores as high as can be.

Solved by the shortest augmenting paths of Crouse (2016), in scipy. Scores are whole numbers below 2^53 in all, so that
the sums are exact: two assignments are equally good, or one is better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Scores = NDArray[np.int64]
"""One row for each who asks, one column for each place that is offered; 0 where the two do not fit."""

largest_sum = 2**53


@dataclass(frozen=True, slots=True)
class Match:
    """Row and column; `second`: the best of the columns that nobody has, but for the same owner's; None: none fits."""

    row: int
    column: int
    second: int | None


def assign(scores: Scores, owners: Sequence[str]) -> list[Match]:
    """The best assignment, by row. The same scores give the same one; of equally good second columns the first is it.

    Args:
        owners: whose each column is: who offers several places is no second best to themselves.

    Raises:
        ValueError: the scores are so large that their sums would not be exact.
    """
    if not scores.size or not scores.any():
        return []
    if int(scores.max()) * min(scores.shape) >= largest_sum:
        raise ValueError("scores are too large to be added exactly")
    rows, columns = linear_sum_assignment(scores.astype(np.float64), maximize=True)
    fits = scores[rows, columns] > 0
    rows, columns = rows[fits], columns[fits]
    whose = np.unique(np.array(owners, dtype=object), return_inverse=True)[1]
    left = scores[rows]
    left[:, columns] = 0
    left[whose[None, :] == whose[columns][:, None]] = 0
    best = left.argmax(axis=1)
    return [
        Match(row, column, second if left[number, second] > 0 else None)
        for number, (row, column, second) in enumerate(zip(rows.tolist(), columns.tolist(), best.tolist(), strict=True))
    ]
