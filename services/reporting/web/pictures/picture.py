"""The two kinds of picture: bars with a name each, and dots over the years. Nothing here knows HTML.

Places along a picture are percentages of its width, so that it fits a phone and a wide screen without its words
shrinking; heights are pixels. What a picture shows stands as words too: each bar says its own, and a report's table is
on the same page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Fill = Literal["full", "hatched", "dotted", "lined", "hollow", "pale", "none"]
"""Series differ by their fill, not by hue; `none` leaves a place free."""

most = 24
"""So many bars are drawn; the table has the rest."""
_height_px, _above_px = 200, 28


class Part(NamedTuple):
    """A piece of a bar."""

    amount: float
    fill: Fill


class Piece(NamedTuple):
    """Where a part is drawn: percent of the width."""

    x: float
    width: float
    fill: Fill


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a picture.

    Attributes:
        text: what the bar shows, in words: "12 half-days given, 3 taken".
        parts: from the axis to the right, in order; `before`: from the axis to the left.
        href: where its rows stand, if anywhere.
    """

    name: str
    text: str
    parts: tuple[Part, ...]
    before: tuple[Part, ...] = ()
    href: str | None = None


class Drawn(NamedTuple):
    bar: Bar
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars on one scale.

    Attributes:
        title: a sentence: what is to be seen. about: how to read it.
        legend: each fill and what it stands for.
        most_to: the scale's end, where it is more than the longest bar: 100 for percentages.
    """

    title: str
    about: str
    legend: tuple[tuple[Fill, str], ...]
    bars: tuple[Bar, ...]
    most_to: float = 0

    kind = "bars"

    @property
    def axis(self) -> float:
        """Where zero is: percent of the width; 0 unless a bar goes to the left."""
        return self._before / self._all * 100 if self._before else 0.0

    @property
    def drawn(self) -> tuple[Drawn, ...]:
        return tuple(Drawn(bar, self._pieces(bar)) for bar in self.bars[:most])

    @property
    def left_out(self) -> int:
        """How many bars are only in the table."""
        return max(0, len(self.bars) - most)

    @property
    def _before(self) -> float:
        return max((_length(bar.before) for bar in self.bars[:most]), default=0)

    @property
    def _all(self) -> float:
        after = max((_length(bar.parts) for bar in self.bars[:most]), default=0)
        return (self._before + max(after, self.most_to)) or 1

    def _pieces(self, bar: Bar) -> tuple[Piece, ...]:
        percent = 100 / self._all
        first = self.axis - _length(bar.before) * percent
        pieces, x = [], first
        for part in (*reversed(bar.before), *bar.parts):
            width = part.amount * percent
            if width and part.fill != "none":
                pieces.append(Piece(round(x, 2), round(width, 2), part.fill))
            x += width
        return tuple(pieces)


class Dot(NamedTuple):
    """A value, and between which two it lies in most futures."""

    name: str
    value: float
    low: float
    high: float


class Placed(NamedTuple):
    """Where a dot is drawn: percent along, pixels down."""

    dot: Dot
    x: float
    y: float
    low_y: float
    high_y: float


@dataclass(frozen=True, slots=True)
class Dots:
    """Values one after another, each with its interval, around a line at zero."""

    title: str
    about: str
    dots: tuple[Dot, ...]

    kind = "dots"
    height = _height_px + 2 * _above_px

    @property
    def zero(self) -> float:
        return self._y(0)

    @property
    def placed(self) -> tuple[Placed, ...]:
        step = 100 / (len(self.dots) or 1)
        return tuple(
            Placed(dot, round(step * (n + 0.5), 2), self._y(dot.value), self._y(dot.low), self._y(dot.high))
            for n, dot in enumerate(self.dots)
        )

    def _y(self, value: float) -> float:
        low, high = min(0, *(dot.low for dot in self.dots)), max(0, *(dot.high for dot in self.dots))
        return round(_above_px + _height_px * (high - value) / ((high - low) or 1), 1)


Picture = Bars | Dots


def _length(parts: Sequence[Part]) -> float:
    return sum(part.amount for part in parts)
