"""Partnerships, and change: what schools do together, what they give up for it, and what is decided for all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deploy.demo.plan import Diary, Saying
from deploy.demo.speakers import at, school_says, trust_reports, trust_says
from deploy.demo.trust import SCHOOLS, UID, named

_ALL = [school.urn for school in SCHOOLS]


def _amount(dimension: str, quantity: int, unit: str) -> dict[str, Any]:
    return {"dimension": dimension, "quantity": quantity, "unit": unit}


_MATHS = [
    {
        "kind": "school",
        "urn": "900002",
        "gives": [_amount("people", 6, "half_days")],
        "receives": [_amount("intellectual", 4, "places")],
    },
    {
        "kind": "school",
        "urn": "900006",
        "gives": [_amount("intellectual", 4, "places")],
        "receives": [_amount("people", 6, "half_days")],
    },
]
_ONE_SIDED = [
    {"kind": "school", "urn": "900007", "gives": [_amount("people", 8, "half_days")]},
    {"kind": "school", "urn": "900012", "receives": [_amount("people", 8, "half_days")]},
]
_UNIVERSITY = [
    {
        "kind": "university",
        "name": "University of Northmoor",
        "gives": [_amount("intellectual", 6, "places")],
        "receives": [_amount("collaboration", 4, "half_days")],
    },
    {
        "kind": "school",
        "urn": "900009",
        "gives": [_amount("collaboration", 4, "half_days")],
        "receives": [_amount("intellectual", 6, "places")],
    },
    {"kind": "trust", "gives": [_amount("financial", 90_000, "pence")]},
]
_TOGETHER = (  # name, title, partners, days, pence, the four judged tests
    ("maths", "Year 9 maths, one scheme for two schools", _MATHS, 6, 0, (4, 3, 3, 3)),
    ("lent", "A head of department on loan", _ONE_SIDED, 8, 60_000, (3, 2, 1, 2)),
    ("university", "Reading research with the university", _UNIVERSITY, 4, 90_000, (3, 2, 3, 2)),
)
_TESTS = ("purpose", "change", "pace", "prioritisation")
_CHANGES = (  # name, title, schools, align, pence, days, groups, from, to
    ("assessment", "One calendar of assessments", _ALL, "align", 240_000, 36, ["staff", "governors"], 2, 27),
    ("behaviour", "A policy for mobile phones", _ALL[3:7], "leave", 20_000, 8, ["staff"], 16, 20),
    ("uniform", "New ties in all schools", _ALL, "align", 900_000, 12, ["staff", "parents", "governors"], 2, 25),
)


def partner(diary: Diary, seed: int) -> None:
    """All of it, as the half term goes on."""
    told = _Partnering(seed)
    for when, sayings in (
        ("2026-11-02T09:00", [told.standard(), *told.agreed()]),
        ("2026-11-03T09:00", told.proposed()),
        ("2026-11-20T10:00", told.committed()),
        ("2026-11-30T12:00", told.consulted()),
        ("2026-12-02T10:00", [*told.adopted(), told.dropped()]),
        ("2026-12-03T12:30", told.cascaded()),
        ("2026-12-10T12:30", [*told.assessed(), *told.understood()]),
        ("2026-12-16T12:00", told.closed()),
    ):
        diary.say(at(when), *sayings)


class _Partnering:
    def __init__(self, seed: int) -> None:
        self._seed = seed

    def agreed(self) -> Iterator[Saying]:
        """One in which both give, one in which only one does, one with partners outside."""
        for name, title, partners, days, pence, _ in _TOGETHER:
            data = {
                "collaboration_id": self._id("collaboration", name),
                "trustuid": UID,
                "title": title,
                "purpose": "What one of us knows should help the pupils of all of us.",
                "measures": ["Pupils on the planned unit", "What teachers say after each half-term"],
                "partners": partners,
                "starts_on": "2026-11-02",
                "ends_on": "2026-12-16" if name == "lent" else "2027-07-21",
                "opportunity_cost_days": days,
                "opportunity_cost_pence": pence,
            }
            yield trust_reports(f"collaboration-{name}", "CollaborationAgreed", data)

    def assessed(self) -> Iterator[Saying]:
        """Four tests are judged; the fifth, mutuality, follows from what each gives and receives."""
        for name, _, _, _, _, scores in _TOGETHER:
            data = {
                "collaboration_id": self._id("collaboration", name),
                "scores": dict(zip(_TESTS, scores, strict=True)),
                "assessed_on": "2026-12-09",
            }
            also = ["FiveTestsAssessed"] * len(_TESTS)
            yield trust_reports(f"collaboration-{name}-assessed", "FiveTestsAssessed", data, *also)

    def committed(self) -> Iterator[Saying]:
        for name, urn in (("maths", "900006"), ("university", "900009")):
            data = {
                "collaboration_id": self._id("collaboration", name),
                "commitment_id": self._id("commitment", name),
                "urn": urn,
                "practice": "Departments plan together every second Tuesday.",
                "by": "headteacher",
                "from_on": "2026-11-23",
            }
            yield school_says(urn, f"commitment-{name}", "PracticeChangeCommitted", data)

    def closed(self) -> Iterator[Saying]:
        data = {
            "collaboration_id": self._id("collaboration", "lent"),
            "outcome": "amber",
            "closed_on": "2026-12-16",
        }
        yield trust_reports("collaboration-lent-closed", "CollaborationClosed", data)

    def standard(self) -> Saying:
        data = {"trustuid": UID, "min_days": 20, "groups": ["staff", "governors"], "from_on": "2026-09-01"}
        return trust_says("consultation-standard", "ConsultationStandardSet", data)

    def proposed(self) -> Iterator[Saying]:
        for name, title, urns, align, pence, days, *_ in _CHANGES:
            note = "Nobody pays for it who has free meals." if name != "behaviour" else None
            data = {
                "change_id": self._id("change", name),
                "trustuid": UID,
                "title": title,
                "urns": urns,
                "align": align,
                "cost_pence": pence,
                "days": days,
                "proposed_on": "2026-11-02",
                **({} if note is None else {"disadvantaged_note": note}),
            }
            yield trust_reports(f"change-{name}", "ChangeProposed", data)

    def consulted(self) -> Iterator[Saying]:
        """Two as the standard asks, one with too few and too short."""
        for name, *_, groups, first, last in _CHANGES:
            data = {
                "change_id": self._id("change", name),
                "groups": groups,
                "from_on": f"2026-11-{first:02}",
                "to_on": f"2026-11-{last:02}",
            }
            yield trust_reports(f"change-{name}-consulted", "ConsultationClosed", data)

    def adopted(self) -> Iterator[Saying]:
        for name in ("assessment", "behaviour"):
            data = {
                "change_id": self._id("change", name),
                "from_on": "2027-01-04",
                "to_on": "2027-03-25",
                "adopted_on": "2026-12-02",
            }
            yield trust_reports(f"change-{name}-adopted", "ChangeAdopted", data)

    def dropped(self) -> Saying:
        data = {
            "change_id": self._id("change", "uniform"),
            "reason": "Parents asked what it is for, and nobody could say.",
            "dropped_on": "2026-12-02",
        }
        return trust_reports("change-uniform-dropped", "ChangeDropped", data)

    def cascaded(self) -> Iterator[Saying]:
        data = {
            "decision_id": self._id("decision"),
            "trustuid": UID,
            "change_id": self._id("change", "assessment"),
            "title": "One calendar of assessments from January",
            "reason": "So that no pupil sits two tests on one day, and teachers can mark together.",
            "audience": ["early_career_teacher", "teaching_assistant"],
            "urns": _ALL,
            "cascaded_on": "2026-12-03",
        }
        yield trust_reports("decision", "DecisionCascaded", data)

    def understood(self) -> Iterator[Saying]:
        """Most of the most junior understand it; two schools have not asked yet."""
        for number, urn in enumerate(_ALL[:10]):
            data = {
                "decision_id": self._id("decision"),
                "urn": urn,
                "role": "early_career_teacher",
                "understood": 3 - number % 3,
                "expected": 3,
                "as_at": "2026-12-10",
            }
            yield trust_reports(f"understood-{urn}", "DecisionUnderstood", data)

    def _id(self, *parts: object) -> str:
        return str(named(self._seed, *parts))
