"""The form of the school year: the half-terms of all schools of the trust, and the days on which they are closed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from services.reporting.web.forms.form import Field, Form, Members, Sent, of_trust, trust_leaders
from shared.contracts.talent.register import HalfTermName
from shared.contracts.vocabulary import AcademicYear, Day, Text

_called: Mapping[HalfTermName, str] = {
    "A1": "Autumn, first half",
    "A2": "Autumn, second half",
    "S1": "Spring, first half",
    "S2": "Spring, second half",
    "U1": "Summer, first half",
    "U2": "Summer, second half",
}
_ends = {"starts_on": "First school day", "ends_on": "Last school day"}
_between = re.compile(r"[ ./-]+")
_no_day = "Give one day on each line, such as 4 1 2027"


def _half_term(name: HalfTermName, called: str) -> list[Field]:
    return [
        Field(
            name=f"{name}-{end}",
            label=f"{label}: {called.lower()}",
            type=Day,
            required=False,
            group=called if end == "starts_on" else "",
        )
        for end, label in _ends.items()
    ]


def sent(given: Members) -> Sent:
    """The half-terms of which a day is given, and the closed days line by line."""
    names = [name for name in _called if any(f"{name}-{end}" in given for end in _ends)]
    fields = [f"{name}-{end}" for name in names for end in _ends]
    wrong = {field: "Give both days of this half-term, or neither" for field in fields if field not in given}
    closures: list[str] = []
    try:
        closures += [_day(line) for line in given.get("closures", "").splitlines() if line.strip()]
    except ValueError:
        wrong["closures"] = _no_day
    if wrong:
        return Sent({}, wrong=wrong)
    leads = {f"/half_terms/{number}/{end}": f"{name}-{end}" for number, name in enumerate(names) for end in _ends}
    half_terms = [{"name": name, **{end: given[f"{name}-{end}"] for end in _ends}} for name in names]
    of_year = {member: given[member] for member in ("trustuid", "academic_year")}
    return Sent({**of_year, "half_terms": half_terms, "closures": closures}, leads)


def _day(line: str) -> str:
    """A line with day, month and year as an ISO date.

    Raises:
        ValueError: it is no day.
    """
    day, month, year = (int(part) for part in _between.split(line.strip()))
    return date(year, month, day).isoformat()


set_term_dates = Form(
    name="set-term-dates",
    title="Set the term dates",
    about="The half-terms of a school year, for all schools of the trust. They take the place of those set before.",
    button="Set the term dates",
    done="The term dates are set.",
    service="talent",
    path="/term-dates",
    who=trust_leaders,
    fields=[
        Field(name="academic_year", label="Which school year?", hint="Such as 2026/27", type=AcademicYear),
        *(field for name, called in _called.items() for field in _half_term(name, called)),
        Field(
            name="closures",
            label="On which other days are all schools closed?",
            hint=f"Training days and the like. {_no_day}",
            type=Text,
            required=False,
            group="Closed days",
        ),
    ],
    adds=of_trust,
    sent=sent,
)

forms = (set_term_dates,)
