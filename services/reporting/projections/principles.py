"""How schools, and the trust, see themselves.

- self_assessment: one row an assessment
- self_answer: one row an item that it answers
"""

from __future__ import annotations

from collections.abc import Iterator

from services.reporting.read_models.projection import Patch, Projection, Table, same
from services.reporting.seeing.policies import of_school, with_the
from shared.contracts.collaboration.planning import SelfAssessmentSubmitted
from shared.messaging import Delivered

self_assessment = Table(
    name="self_assessment",
    key={"assessment_id": "uuid"},
    columns={
        "trustuid": "text",
        "urn": "text",  # null: the trust's own
        "instrument": "text",
        "happened_at": "timestamptz",
        "logindex": "bigint",
        "event_id": "uuid",
    },
    seen_by=of_school("urn"),
)
self_answer = Table(
    name="self_answer",
    key={"assessment_id": "uuid", "item": "text"},
    columns={"trustuid": "text", "answer": "text", "place": "integer"},  # the item's in what was sent
    seen_by=with_the("self_assessment", "assessment_id"),
)


def _submitted(event: SelfAssessmentSubmitted, delivered: Delivered) -> Iterator[Patch]:
    envelope = delivered.envelope
    changes = same(event, "trustuid", "urn", "instrument")
    changes |= {"happened_at": envelope.happened_at, "logindex": delivered.logindex, "event_id": envelope.id}
    yield Patch("self_assessment", (event.assessment_id,), changes)
    for place, given in enumerate(event.answers):
        yield Patch("self_answer", (event.assessment_id, given.item), {"answer": given.answer, "place": place})


projection = Projection(
    name="principles",
    tables=(self_assessment, self_answer),
    on={SelfAssessmentSubmitted: _submitted},
)
