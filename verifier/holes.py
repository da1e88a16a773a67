"""The numbers that a sequence has left out so far."""

from __future__ import annotations


class Holes:
    """Ranges of numbers that were passed over; each may still come, late."""

    def __init__(self) -> None:
        self.ranges: list[tuple[int, int]] = []

    def passed(self, first: int, last: int) -> None:
        """These were not there when what follows them came."""
        self.ranges.append((first, last))

    def fill(self, number: int) -> bool:
        """Whether a number was among them; from now on it is not."""
        for at, (first, last) in enumerate(self.ranges):
            if first <= number <= last:
                left = [(first, number - 1), (number + 1, last)]
                self.ranges[at : at + 1] = [part for part in left if part[0] <= part[1]]
                return True
        return False
