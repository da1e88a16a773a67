"""The stories of change that is overseen, consulted on and costed, and of decisions that everybody understands."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import httpx
import pytest

from tests.integration.stories.changing import (
    STANDARD,
    adoption,
    ago,
    ahead,
    cascades,
    change,
    consultation,
    count,
    proposes_change,
)
from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust

pytestmark = pytest.mark.timeout(300)
CLIENTS = 32


async def sets_standard(trust: Trust) -> None:
    """The trust's standard; the same again changes nothing."""
    await trust.command("collaboration", "/consultation-standard", STANDARD)


async def test_a_change_is_costed_consulted_on_as_the_standard_asks_and_adopted(trust: Trust) -> None:
    """S4i, S4k: overseen by the trust, with its cost, those who were asked, and what it means for the disadvantaged."""
    await sets_standard(trust)
    change_id = await proposes_change(trust)

    await trust.does("collaboration", f"/changes/{change_id}/close-consultation", consultation())
    await trust.does("collaboration", f"/changes/{change_id}/adopt", adoption())

    (_, proposed), (_, consulted), (_, adopted) = await trust.history("collaboration", f"change-{change_id}")
    assert (proposed["cost_pence"], proposed["days"], proposed["align"]) == (1_200_000, 30, "align")
    assert proposed["disadvantaged_note"].startswith("sealed:")
    assert (consulted["meets_standard"], consulted.get("missing_groups", [])) == (True, [])
    assert (adopted["consulted"], adopted["urns"]) == (True, [HERE, THERE])


async def test_what_a_consultation_lacked_is_seen_and_the_trust_may_still_adopt(trust: Trust) -> None:
    """S4i."""
    await sets_standard(trust)
    hurried, unasked = await proposes_change(trust), await proposes_change(trust)

    week = consultation(groups=["staff"], from_on=ago(20), to_on=ago(14))
    await trust.does("collaboration", f"/changes/{hurried}/close-consultation", week)
    for change_id in (hurried, unasked):
        await trust.does("collaboration", f"/changes/{change_id}/adopt", adoption())

    _, (_, consulted), (_, after_a_week) = await trust.history("collaboration", f"change-{hurried}")
    _, (_, at_once) = await trust.history("collaboration", f"change-{unasked}")
    assert (consulted["meets_standard"], consulted["missing_groups"], consulted["days_short"]) == (
        False,
        ["parents"],
        13,
    )
    assert (after_a_week["consulted"], at_once["consulted"]) == (True, False)


async def test_schools_know_what_is_aligned_and_what_is_left_to_them(trust: Trust) -> None:
    """S0e: what to align and what to leave."""
    aligned, left = change(align="align"), change(align="leave", title="Uniform", cost_pence=0, days=0)

    for said in (aligned, left):
        await trust.does("collaboration", "/changes", said)

    found = [(await trust.history("collaboration", f"change-{said['change_id']}"))[0] for said in (aligned, left)]
    assert [(data["align"], data["cost_pence"]) for _, data in found] == [("align", 1_200_000), ("leave", 0)]
    assert await trust.cannot("collaboration", "/changes", change(), school=HERE) == "trust_only"


@pytest.mark.parametrize("missing", ["cost_pence", "days"])
async def test_what_a_change_costs_is_said(trust: Trust, missing: str) -> None:
    """S4i: zero is a cost that is said."""
    fields = {name: text for name, text in change().items() if name != missing}

    assert await trust.cannot("collaboration", "/changes", fields) == "invalid"


async def test_a_change_that_is_dropped_is_not_made(trust: Trust) -> None:
    change_id = await proposes_change(trust)
    await trust.does("collaboration", f"/changes/{change_id}/drop", {"reason": "No money.", "dropped_on": str(TODAY)})

    refusal = await trust.cannot("collaboration", f"/changes/{change_id}/adopt", adoption())

    assert refusal == "change_already_decided"
    assert await trust.happened("collaboration", f"change-{change_id}") == ["ChangeProposed", "ChangeDropped"]


async def test_a_change_is_decided_on_once_also_by_many_at_once(trust: Trust) -> None:
    change_id = await proposes_change(trust)

    answers = await asyncio.gather(
        *(
            trust.command("collaboration", f"/changes/{change_id}/adopt", adoption(from_on=ahead(number)))
            for number in range(CLIENTS)
        )
    )

    assert sum(answer.status_code == httpx.codes.CREATED for answer in answers) == 1
    assert await trust.happened("collaboration", f"change-{change_id}") == ["ChangeProposed", "ChangeAdopted"]


async def test_the_most_junior_understand_a_decision_and_it_is_seen_how_many(trust: Trust) -> None:
    """S4j, S4k: a decision is passed on with its reason; each school counts, the latest counts, nobody is named."""
    change_id = await proposes_change(trust)
    await trust.does("collaboration", f"/changes/{change_id}/adopt", adoption())
    decision_id = await cascades(trust, change_id=change_id)
    path = f"/decisions/{decision_id}/understood"

    await trust.does("collaboration", path, count(understood=3, as_at=ago(4)), school=HERE)
    await trust.does("collaboration", path, count(understood=9), school=HERE)
    await trust.does("collaboration", path, count(urn=THERE, role="teacher", understood=0), school=THERE)

    here = await trust.history("collaboration", f"understanding-{decision_id}-{HERE}-teaching_assistant")
    there = await trust.history("collaboration", f"understanding-{decision_id}-{THERE}-teacher")
    assert [(data["understood"], data["expected"]) for _, data in (*here, *there)] == [(3, 9), (9, 9), (0, 9)]
    assert not any("person_id" in data for _, data in (*here, *there))


async def test_a_schools_system_counts_for_its_own_school_only(trust: Trust) -> None:
    decision_id = await cascades(trust)
    said = {"decision_id": decision_id, **count(urn=THERE)}

    of_other = await trust.claims("collaboration", "DecisionUnderstood", said, school=HERE)
    own = await trust.claims("collaboration", "DecisionUnderstood", said, school=THERE)

    assert (of_other["code"], own["outcome"]) == ("not_your_school", "accepted")


async def test_another_trust_knows_nothing_of_a_decision_or_a_change(trust: Trust) -> None:
    change_id, decision_id = await proposes_change(trust), await cascades(trust)
    collaboration = trust.writers["collaboration"]
    stranger = collaboration.place.token("trust_leader", trust="99002")

    for path, body, code in (
        (f"/changes/{change_id}/drop", {"reason": "Ours.", "dropped_on": str(TODAY)}, "change_unknown"),
        (f"/decisions/{decision_id}/understood", count(), "decision_unknown"),
    ):
        headers = {"authorization": f"Bearer {stranger}", "idempotency-key": str(uuid4())}
        answer = await collaboration.client.post(path, json=body, headers=headers)
        assert answer.json()["code"] == code
