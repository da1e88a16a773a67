"""The numbers that a sequence has left out so far."""

from __future__ import annotations

from bisect import bisect_right


class Holes:
    """Ranges of numbers that were passed over, in their order; each may still come, late."""

    def __init__(self) -> None:
        self.ranges: list[tuple[int, int]] = []

    def passed(self, first: int, last: int) -> None:
        """These were not there when what follows them came."""
        self.ranges.append((first, last))

    def fill(self, number: int) -> bool:
        """Whether a number was among them; from now on it is not."""
        at = bisect_right(self.ranges, number, key=_first) - 1
        if at < 0 or number > self.ranges[at][1]:
            return False
        first, last = self.ranges[at]
        left = [(first, number - 1), (number + 1, last)]
        self.ranges[at : at + 1] = [part for part in left if part[0] <= part[1]]
        return True


def _first(range_: tuple[int, int]) -> int:
    return range_[0]
