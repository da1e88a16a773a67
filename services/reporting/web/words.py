"""How figures, days and states are said on a page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from services.reporting.london import london
from services.reporting.wording import said, sentence
from shared.clock import beginning_of

dash = "\N{EN DASH}"

_numbers = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_long = ((86_400, "day"), (3_600, "hour"), (60, "minute"))
_units = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s"))


class Look(NamedTuple):
    """How a state is shown: the shape and the word carry it, the colour only repeats it."""

    name: str
    shape: str
    word: str


def count(n: int) -> str:
    """Up to twelve in words, above in digits: "no", "three", "1,204"."""
    return _numbers[n] if n < len(_numbers) else f"{n:,}"


def of(n: int, thing: str, things: str | None = None) -> str:
    """A count and what is counted: "one school", "three schools"."""
    return f"{count(n)} {thing if n == 1 else things or f'{thing}s'}"


states = {
    state: Look(state.replace("_", "-"), shape, sentence(said(state)))
    for state, shape in (
        ("red", "■"),
        ("amber", "▲"),
        ("green", "●"),
        ("overdue", "!"),
        ("no_answer", dash),
        ("not_applicable", ""),
    )
}


def help_with(dimension: str | None) -> str:
    """What a school asks for help with, such as "money"."""
    return said(dimension) if dimension else "kind not said"


def span(milliseconds: float | None) -> str:
    """A length of time in its largest fitting unit: "0.4 s", "40 min", "5.5 h", "3 d"; "not known" without one."""
    if milliseconds is None:
        return "not known"
    for size, unit in _units:
        if abs(milliseconds) >= size:
            return f"{_short(milliseconds / size)} {unit}"
    return f"{milliseconds / 1_000:.1f} s"


def long(seconds: float) -> str:
    """A length of time as people say it, in the largest unit that fits: "40 seconds", "3 minutes", "1 hour"."""
    size, unit = next(((size, unit) for size, unit in _long if seconds >= size), (1, "second"))
    n = int(seconds // size)
    return f"{n:,} {unit}{'' if n == 1 else 's'}"


def _short(amount: float) -> str:
    """One decimal below ten, where it is not zero."""
    text = f"{amount:.1f}" if abs(amount) < 10 else f"{amount:.0f}"  # noqa: PLR2004
    return text.removesuffix(".0")


def day(when: date | datetime | None, near: date | None = None) -> str:
    """Such as "16 November", with the year where it is not that of `near`."""
    if when is None:
        return "a day not known"
    on = when.astimezone(london).date() if isinstance(when, datetime) else when
    year = "" if near is not None and near.year == on.year else f" {on.year}"
    return f"{on.day} {on:%B}{year}"


def days(first: date, last: date) -> str:
    """Such as "16 to 27 November 2026", "30 November to 11 December 2026"; one day when they are the same."""
    if first == last:
        return day(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day(last)}"
    return f"{day(first, near=last)} to {day(last)}"


def minute(when: datetime, now: datetime) -> str:
    """Such as "17:00 today", "17:00 on 18 November"."""
    return _at(when, now, f"{when.astimezone(london):%H:%M}")


def second(when: datetime, now: datetime) -> str:
    """Such as "10:42:07 today", "10:42:07 on 18 November"."""
    return _at(when, now, f"{when.astimezone(london):%H:%M:%S}")


def _at(when: datetime, now: datetime, time: str) -> str:
    on, today = when.astimezone(london).date(), now.astimezone(london).date()
    if on == today:
        return f"{time} today"
    if on == today - timedelta(days=1):
        return f"{time} yesterday"
    return f"{time} on {day(on, near=today)}"


def moment(when: datetime, near: date | None = None) -> str:
    """Such as "18 November 2026, 17:00", in London; without the year where it is that of `near`."""
    return f"{day(when, near)}, {when.astimezone(london):%H:%M}"


def happened(when: datetime) -> str:
    """Such as "18 November 2026, 17:00"; of what has a day and no time, which is kept as when that began, the day."""
    on = when.astimezone(london).date()
    return day(on) if when == beginning_of(on) else moment(when)
