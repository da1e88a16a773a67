"""What training changed: who has evidence of it, by programme; and the chain from coming to what became of pupils."""

from __future__ import annotations

from collections.abc import Sequence

from services.reporting.reports.report import Row
from services.reporting.web.pictures.picture import Bar, Bars, Part, Picture
from services.reporting.web.pictures.saying import number
from services.reporting.web.pictures.series import Series, legend, parts, said
from services.reporting.web.site import address

_participants = (
    Series("with_evidence", "full", "with evidence"),
    Series("evidence_may_come", "hatched", "may have some yet"),
    Series("without", "hollow", "without"),
)
_evidence = (
    "Of those who came, how many have evidence: the programme was shown to have changed something at their school, "
    "until 180 days after they last came."
)
_chain = (
    ("attended", "They came"),
    ("evaluations_1", "What they thought of it"),
    ("evaluations_2", "What they learnt"),
    ("evaluations_3", "What their school does for it"),
    ("evaluations_4", "What they use"),
    ("evaluations_5", "What became of pupils"),
)
_asked = "How often people came, and how often somebody said something of each step that may follow."


def pictures(rows: Sequence[Row]) -> tuple[Picture, ...]:
    of_note = [row for row in rows if row["participants"] or row["evidence"]]
    return (_programmes(of_note), _steps(of_note)) if of_note else ()


def _programmes(rows: Sequence[Row]) -> Bars:
    figures = ("with_evidence", "participants", "evidence_may_come")
    shown, people, yet = (sum(row[figure] for row in rows) for figure in figures)
    title = (
        f"{shown:,} of {number(people, 'participant')} with evidence that something changed, {yet:,} may have some yet"
    )
    return Bars(title, _evidence, legend(_participants), tuple(map(_programme, rows)))


def _programme(row: Row) -> Bar:
    without = row["participants"] - row["with_evidence"] - row["evidence_may_come"]
    counts = {**row, "without": without}
    measures = f"; {number(row['evidence'], 'measure')} of before and after" if row["evidence"] else ""
    return Bar(
        row["programme"],
        said(counts, _participants, "nobody is known to have come") + measures,
        parts(counts, _participants),
        href=address("/reports/calendar", programme_id=row["programme_id"]),
    )


def _steps(rows: Sequence[Row]) -> Bars:
    counts = {figure: sum(row[figure] for row in rows) for figure, _ in _chain}
    bars = (Bar(name, number(counts[figure], "time"), (Part(counts[figure], "full"),)) for figure, name in _chain)
    return Bars("From coming to what became of pupils", _asked, (("full", "times"),), tuple(bars))
