"""How schools see the trust: one picture an instrument, with what the trust says of itself beside it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Picture
from services.reporting.web.pictures.series import Series, legend, parts
from services.reporting.wording import said as said_of
from services.reporting.wording import sentence

_answers = (
    Series("we_do_this", "full", "we do this"),
    Series("we_talk_about_it", "hatched", "we talk about it"),
    Series("we_should", "dotted", "we should"),
    Series("we_dont", "pale", "we don't"),
    Series("never_thought_about_it", "hollow", "never thought about it"),
)
_words = {each.column: each.word for each in _answers}
_about = 'What schools say; beside each, how many of them say "we do this", and what the trust says.'


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    return tuple(
        _bars(instrument, list(items)) for instrument, items in groupby(rows, key=lambda row: row["instrument"])
    )


def _bars(instrument: str, rows: Sequence[Row]) -> Bars:
    differ = sum(bool(row["say_not"]) for row in rows)
    claimed = sum(row["say_not"] is not None for row in rows)
    found = f"schools differ on {differ} of {claimed} that the trust says it does" if claimed else "what schools say"
    return Bars(f"{sentence(said_of(instrument))}: {found}", _about, legend(_answers), tuple(map(_bar, rows)))


def _bar(row: Row) -> Bar:
    trust = _words[row["trust_answer"]] if row["trust_answer"] else "not said"
    text = f"{row['we_do_this']} of {row['schools']}; the trust: {trust}"
    return Bar(sentence(said_of(row["item"])), text, parts(row, _answers))
