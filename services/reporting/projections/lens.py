"""The lens on disadvantaged pupils: everything that should say something of them, and whether it does.

- lens: one row a plan, a focus area, a change, an answer of a meeting, or evidence of impact, as it stands

Of a note, which is personal, there is only whether it was given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from services.reporting.read_models.projection import Patch, Projection, Table, source
from services.reporting.seeing.policies import of_any_school, shared_where
from shared.contracts.collaboration.change import ChangeProposed
from shared.contracts.collaboration.loop import AgendaItemFeedbackGiven, FeedbackCorrected, FocusAreaSet
from shared.contracts.collaboration.planning import ImprovementPlanAgreed, ImprovementPlanAmended
from shared.contracts.cpd.programmes import ImpactEvidenced
from shared.messaging import Delivered

lens = Table(
    name="lens",
    key={"kind": "text", "thing": "text"},  # plan, focus, change, answer, impact; which one
    columns={
        "trustuid": "text",
        "urns": "text[]",  # the schools that it is of; none: the trust's
        "what": "text",  # null of an answer: the title of its focus area
        "focus_id": "uuid",
        "rag": "text",
        "has_note": "boolean",
        "lens": "text",  # what a focus area asks of disadvantaged pupils
        "baseline_thousandths": "bigint",
        "follow_up_thousandths": "bigint",
        "happened_at": "timestamptz",
        "event_id": "uuid",
    },
    seen_by=shared_where("kind = 'focus'") | of_any_school("urns"),
)


def _plan(event: ImprovementPlanAgreed, delivered: Delivered) -> Iterator[Patch]:
    urns = [event.urn] if event.urn else []
    yield _said("plan", event.plan_id, event, delivered, what=event.title, **_of(delivered, urns))


def _amended(event: ImprovementPlanAmended, delivered: Delivered) -> Iterator[Patch]:
    yield _said("plan", event.plan_id, event, delivered, what=event.title)


def _focus(event: FocusAreaSet, delivered: Delivered) -> Iterator[Patch]:
    says = {"has_note": event.disadvantaged_lens is not None, "lens": event.disadvantaged_lens}
    changes = {"what": event.title} | says | _of(delivered, []) | source(delivered)
    yield Patch("lens", ("focus", str(event.focus_id)), changes)


def _change(event: ChangeProposed, delivered: Delivered) -> Iterator[Patch]:
    yield _said("change", event.change_id, event, delivered, what=event.title, **_of(delivered, event.urns))


def _answer(event: AgendaItemFeedbackGiven, delivered: Delivered) -> Iterator[Patch]:
    whose = _of(delivered, [event.urn])
    yield _said("answer", _answers(event), event, delivered, rag=event.rag, focus_id=event.focus_id, **whose)


def _corrected(event: FeedbackCorrected, delivered: Delivered) -> Iterator[Patch]:
    yield _said("answer", _answers(event), event, delivered, rag=event.rag)


def _impact(event: ImpactEvidenced, delivered: Delivered) -> Iterator[Patch]:
    before, after = event.disadvantaged_baseline_thousandths, event.disadvantaged_follow_up_thousandths
    measured = {"baseline_thousandths": before, "follow_up_thousandths": after, "has_note": before is not None}
    changes = {"what": event.measure} | measured | _of(delivered, [event.urn]) | source(delivered)
    yield Patch("lens", ("impact", str(event.impact_id)), changes)


def _answers(event: AgendaItemFeedbackGiven | FeedbackCorrected) -> str:
    return f"{event.item_id}/{event.urn}/{event.meeting_id}"


def _said(kind: str, thing: object, event: Any, delivered: Delivered, **changes: Any) -> Patch:
    note = {"has_note": event.disadvantaged_note is not None}
    return Patch("lens", (kind, str(thing)), changes | note | source(delivered))


def _of(delivered: Delivered, urns: Sequence[str]) -> dict[str, Any]:
    return {"trustuid": delivered.envelope.trustuid, "urns": list(urns)}


projection = Projection(
    name="lens",
    tables=(lens,),
    on={
        ImprovementPlanAgreed: _plan,
        ImprovementPlanAmended: _amended,
        FocusAreaSet: _focus,
        ChangeProposed: _change,
        AgendaItemFeedbackGiven: _answer,
        FeedbackCorrected: _corrected,
        ImpactEvidenced: _impact,
    },
)
