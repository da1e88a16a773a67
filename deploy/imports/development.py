"""`qualifications` and `training`: what people hold and completed, here or for a former employer."""

from __future__ import annotations

from collections.abc import Sequence

from deploy.imports.reading import A_CODE, A_URN, CODE, URN, Claim, Kind, Origin, once, present
from deploy.table import Row


def _qualifications(rows: Sequence[Row], origin: Origin) -> Sequence[Sequence[Claim]]:
    return [
        [
            Claim(
                service="cpd",
                type="QualificationHeld",
                data=present(
                    person_id=origin.person(row),
                    course=row.matching("course", CODE, A_CODE),
                    awarded_on=row.day("awarded_on"),
                    awarded_by=row.optional("awarded_by"),
                ),
                line=row.line,
            )
            for row in once(rows, lambda row: (row.raw("source"), row.raw("staff_ref"), row.raw("course")), "course")
        ]
    ]


def _training(rows: Sequence[Row], origin: Origin) -> Sequence[Sequence[Claim]]:
    return [
        [
            Claim(
                service="cpd",
                type="StatutoryTrainingCompleted",
                data=present(
                    person_id=origin.person(row),
                    trustuid=origin.trustuid,
                    urn=row.optional_matching("urn", URN, A_URN),
                    training=row.matching("training", CODE, A_CODE),
                    completed_on=row.day("completed_on"),
                    expires_on=row.optional_day("expires_on"),
                    provider=row.optional("provider"),
                ),
                line=row.line,
            )
            for row in once(rows, lambda row: tuple(map(row.raw, _TRAINED)), "training")
        ]
    ]


_TRAINED = ("source", "staff_ref", "training", "completed_on")
qualifications = Kind(
    "qualifications", ("staff_ref", "course", "awarded_on"), ("source", "awarded_by"), _qualifications
)
training = Kind(
    "training",
    ("staff_ref", "training", "completed_on"),
    ("source", "expires_on", "provider", "urn"),
    _training,
)
