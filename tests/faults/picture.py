"""A run as a picture: what was accepted, published and visible in each second, the lag, and what was done to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate

from tests.faults.cluster import Mark
from tests.faults.history import History
from tests.faults.running import Result
from tests.support import fold

_WIDTH, _LEFT, _RIGHT = 1240, 110, 20
_RATES, _LAG, _LANE, _GAP = 220, 130, 22, 46
_SERIES = {"accepted": "#1d70b8", "published": "#f47738", "visible": "#00703c"}
_KINDS = {"killed": "#d4351c", "died": "#801650", "stood still": "#6f777b", "other": "#4c2c92"}
_AXIS, _GRID, _TEXT = "#505a5f", "#d8dadb", "#0b0c0c"


@dataclass(frozen=True, slots=True)
class _Scale:
    """Seconds of the run to the right, a value upwards."""

    seconds: int
    top: int
    height: int
    highest: float

    def x(self, second: float) -> float:
        return _LEFT + second / self.seconds * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return self.top + self.height * (1 - value / self.highest)

    def line(self, values: Sequence[float]) -> str:
        return " ".join(f"{self.x(n):.1f},{self.y(value):.1f}" for n, value in enumerate(values))


def per_second(result: Result) -> dict[str, list[int]]:
    """How many events were accepted, published for the first time and visible in each second of a run."""
    history, seconds = result.history, int(result.seconds) + 1
    first: dict[tuple[str, int], float] = {}
    for record in history.published:
        name = (record.service, record.logindex)
        first[name] = min(record.at, first.get(name, record.at))
    accepted = [a.answered_at for a in history.asked if a.outcome == "ok" and a.answered_at for _ in range(a.events)]
    moments: Mapping[str, Iterable[float]] = {
        "accepted": accepted,
        "published": first.values(),
        "visible": (entry.visible_at.timestamp() for entry in history.entered),
    }
    return {name: _counted(at, result.began, seconds) for name, at in moments.items()}


def lag(result: Result) -> list[int]:
    """How many events were recorded and not yet visible at the end of each second."""
    history, seconds = result.history, int(result.seconds) + 1
    recorded = _counted(_recorded(history), result.began, seconds)
    visible = _counted((e.visible_at.timestamp() for e in history.entered), result.began, seconds)
    return [max(a - b, 0) for a, b in zip(accumulate(recorded), accumulate(visible), strict=True)]


def picture(result: Result) -> str:
    """The SVG."""
    rates, behind = per_second(result), lag(result)
    processes = sorted({mark.process for mark in result.marks})
    seconds = max(int(result.seconds), 1)
    upper = _Scale(seconds, 40, _RATES, max(1, *(max(values) for values in rates.values())))
    lower = _Scale(seconds, 40 + _RATES + _GAP, _LAG, max(1, *behind))
    lanes = lower.top + _LAG + _GAP
    height = lanes + _LANE * len(processes) + 60
    title = f"{result.row} on seed {result.seed}: events per second, lag and faults over {seconds} s"
    size = f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
    font = f'font-family="Arial, sans-serif" font-size="14" fill="{_TEXT}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(title)}" {font}>',
            f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
            *_marked(result, lower.x, lanes, processes),
            *_axes(upper, "events per second"),
            *(
                f'<polyline fill="none" stroke="{_SERIES[name]}" stroke-width="2" points="{upper.line(values)}"/>'
                for name, values in rates.items()
            ),
            *_axes(lower, "not yet visible"),
            f'<polyline fill="none" stroke="{_TEXT}" stroke-width="2" points="{lower.line(behind)}"/>',
            *_times(lower, lanes + _LANE * len(processes) + 16),
            *_legend(result.marks),
            "</svg>",
        ]
    )


def _axes(scale: _Scale, name: str) -> Iterable[str]:
    for part in (0, 0.5, 1):
        y = scale.y(scale.highest * part)
        yield f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_GRID}"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 5:.1f}" text-anchor="end">{scale.highest * part:,.0f}</text>'
    yield f'<text x="{_LEFT}" y="{scale.top - 8}" font-weight="bold">{name}</text>'


def _marked(result: Result, x: Callable[[float], float], top: int, processes: Sequence[str]) -> Iterable[str]:
    """A lane for each process; a bar from what was done to when it worked again, and a line up through the charts."""
    yield f'<text x="{_LEFT}" y="{top - 10}" font-weight="bold">faults</text>'
    for lane, process in enumerate(processes):
        y = top + lane * _LANE
        yield f'<text x="{_LEFT - 8}" y="{y + 15}" text-anchor="end">{escape(process)}</text>'
        yield f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y + 10}" y2="{y + 10}" stroke="{_GRID}"/>'
        for mark in (mark for mark in result.marks if mark.process == process):
            start = x(mark.at - result.began)
            width = max(x((mark.back_at or mark.at) - result.began) - start, 4)
            colour, told = _KINDS[_kind(mark)], f"{mark.what} at {mark.at - result.began:.1f} s"
            yield f'<line x1="{start:.1f}" x2="{start:.1f}" y1="40" y2="{y}" stroke="{colour}" stroke-opacity="0.18"/>'
            yield (
                f'<rect x="{start:.1f}" y="{y + 2}" width="{width:.1f}" height="16" fill="{colour}" fill-opacity="0.8">'
                f"<title>{escape(process)} {escape(told)}</title></rect>"
            )


def _times(scale: _Scale, y: int) -> Iterable[str]:
    step = next(step for step in (5, 10, 20, 30, 60, 120, 600) if scale.seconds / step <= 14 or step == 600)
    for second in range(0, scale.seconds + 1, step):
        yield f'<text x="{scale.x(second):.1f}" y="{y}" text-anchor="middle" fill="{_AXIS}">{second} s</text>'


def _legend(marks: Sequence[Mark]) -> Iterable[str]:
    kinds = {_kind(mark) for mark in marks}
    entries = {**_SERIES, **{kind: colour for kind, colour in _KINDS.items() if kind in kinds}}
    for n, (name, colour) in enumerate(entries.items()):
        x = _LEFT + 240 + n * 125
        yield f'<rect x="{x}" y="18" width="18" height="12" fill="{colour}"/><text x="{x + 24}" y="29">{name}</text>'


def _kind(mark: Mark) -> str:
    return next((kind for kind in _KINDS if mark.what.startswith(kind)), "other")


def _recorded(history: History) -> Iterable[float]:
    return (fold.instant(event.said["time"]).timestamp() for event in history.stored)


def _counted(moments: Iterable[float], since: float, seconds: int) -> list[int]:
    counted = Counter(int(at - since) for at in moments)
    return [counted.get(second, 0) for second in range(seconds)]
