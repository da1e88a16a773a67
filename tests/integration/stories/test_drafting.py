"""The stories of help that is asked for in a meeting and becomes a request that waits for the trust."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from tests.integration.stories.asking import HELP, NO_HELP, becomes, corrects, draft_of, issues, meets, settles
from tests.integration.stories.conftest import HERE, THERE, Trust, Writer
from tests.integration.stories.reacting import comes_again
from tests.integration.stories.sharing import allocates, confirmation, draw, no_more, offers, request
from tests.stack import Stack
from tests.support.writer import COLLABORATION, Place, inside, place, start_kafka, until

pytestmark = pytest.mark.timeout(300)


async def test_help_asked_for_in_a_meeting_becomes_a_request_that_another_school_meets(trust: Trust) -> None:
    """S4e: from the answer to the help: drafted, confirmed in another dimension, allocated, used."""
    item_id = await issues(trust)
    await meets(trust, item_id, HERE, **HELP)

    [drafted] = await becomes(trust, draft_of(item_id), "CapacityRequested")
    path = f"/capacity-requests/{drafted['request_id']}/confirm"
    assert await trust.cannot("collaboration", path, confirmation(), school=HERE) == "trust_only"
    await trust.does("collaboration", path, confirmation(priority="high"))
    given = await allocates(trust, await offers(trust, THERE), HERE, request_id=drafted["request_id"])
    await trust.does("collaboration", f"{given}/draw", draw(), school=HERE)

    _, confirmed = await becomes(trust, draft_of(item_id), "CapacityRequested", "CapacityRequestConfirmed")
    assert (drafted["taker_urn"], drafted["dimension"], drafted["drafted"]) == (HERE, "time", True)
    assert drafted["basis"] == await _event_id(trust, item_id, "AgendaItemFeedbackGiven")
    assert (confirmed["taker_urn"], confirmed["dimension"], confirmed["priority"]) == (HERE, "people", "high")


async def test_who_needs_no_help_has_no_draft_and_each_school_has_its_own(trust: Trust) -> None:
    item_id = await issues(trust)

    await meets(trust, item_id, HERE, **NO_HELP)
    await meets(trust, item_id, THERE, **HELP)

    await settles(trust, item_id, 1)
    await becomes(trust, draft_of(item_id, THERE), "CapacityRequested")
    await becomes(trust, draft_of(item_id, HERE))


async def test_a_correction_withdraws_the_draft_and_another_makes_it_again(trust: Trust) -> None:
    item_id = await issues(trust)
    meeting_id = await meets(trust, item_id, **HELP)
    await becomes(trust, draft_of(item_id), "CapacityRequested")

    await corrects(trust, meeting_id, item_id, **NO_HELP)
    _, withdrawn = await becomes(trust, draft_of(item_id), "CapacityRequested", "CapacityRequestWithdrawn")
    await corrects(trust, meeting_id, item_id, **{**HELP, "help_dimension": "people"})

    again = ("CapacityRequested", "CapacityRequestWithdrawn", "CapacityRequested")
    *_, redrafted = await becomes(trust, draft_of(item_id), *again)
    assert withdrawn["reason"] == "help_not_needed_any_more"
    assert redrafted["dimension"] == "people"
    assert redrafted["basis"] == await _event_id(trust, item_id, "FeedbackCorrected")
    await trust.does("collaboration", f"/capacity-requests/{draft_of(item_id)}/confirm", confirmation())


async def test_a_later_meeting_that_needs_no_help_withdraws_the_draft(trust: Trust) -> None:
    item_id = await issues(trust)
    await meets(trust, item_id, **HELP)
    await becomes(trust, draft_of(item_id), "CapacityRequested")

    await meets(trust, item_id, **NO_HELP)

    await becomes(trust, draft_of(item_id), "CapacityRequested", "CapacityRequestWithdrawn")


async def test_what_the_trust_confirmed_or_withdrew_is_not_changed_by_a_correction(trust: Trust) -> None:
    confirmed, withdrawn = await issues(trust), await issues(trust)
    meetings = {item_id: await meets(trust, item_id, **HELP) for item_id in (confirmed, withdrawn)}
    for item_id in (confirmed, withdrawn):
        await becomes(trust, draft_of(item_id), "CapacityRequested")
    await trust.does("collaboration", f"/capacity-requests/{draft_of(confirmed)}/confirm", confirmation())
    await trust.does("collaboration", f"/capacity-requests/{draft_of(withdrawn)}/withdraw", no_more())

    await corrects(trust, meetings[confirmed], confirmed, **NO_HELP)
    await corrects(trust, meetings[withdrawn], withdrawn, **HELP, comment="Please.")
    for item_id in (confirmed, withdrawn):
        await settles(trust, item_id, 2)

    await becomes(trust, draft_of(confirmed), "CapacityRequested", "CapacityRequestConfirmed")
    await becomes(trust, draft_of(withdrawn), "CapacityRequested", "CapacityRequestWithdrawn")


async def test_who_takes_the_drafts_id_hides_no_need_for_help(trust: Trust) -> None:
    """The id can be told from the item: then the trust sees that a reaction was refused."""
    item_id = await issues(trust)
    taken = request(THERE, request_id=draft_of(item_id, HERE))
    await trust.does("collaboration", "/capacity-requests", taken, school=THERE)

    await meets(trust, item_id, HERE, **HELP)

    async def is_seen() -> bool:
        refused: str | None = await trust.writers["collaboration"].place.fetchval(
            """select convert_from(record, 'utf8') from event
               where stream like 'reaction-%' and convert_from(record, 'utf8') like $1""",
            f"%{draft_of(item_id, HERE)}%",
        )
        return refused is not None and '"code":"request_exists"' in refused

    await until(is_seen)
    await becomes(trust, draft_of(item_id, HERE), "CapacityRequested")


async def test_an_answer_that_comes_twice_is_drafted_once(trust: Trust) -> None:
    """The same record once more on the topic, behind a correction: nothing goes back to what it was."""
    item_id = await issues(trust)
    meeting_id = await meets(trust, item_id, **HELP)
    await becomes(trust, draft_of(item_id), "CapacityRequested")
    await corrects(trust, meeting_id, item_id, **NO_HELP)
    await becomes(trust, draft_of(item_id), "CapacityRequested", "CapacityRequestWithdrawn")

    await comes_again(trust.writers["collaboration"].place, f"answer-{item_id}-{HERE}")
    await trust.does("collaboration", f"/answers/{item_id}/{HERE}/acknowledge", {"meeting_id": meeting_id})
    await settles(trust, item_id, 3)

    await becomes(trust, draft_of(item_id), "CapacityRequested", "CapacityRequestWithdrawn")


async def test_help_asked_for_while_nothing_was_heard_is_drafted_after_a_restart(
    stack: Stack, roles: Mapping[str, str]
) -> None:
    """The service is down between the answer and its draft; what was put right meanwhile needs none."""
    async with place(stack, COLLABORATION, kafka_runs=False) as there:
        async with _service(there) as trust:
            asked, put_right = await issues(trust), await issues(trust)
            await meets(trust, asked, **HELP)
            meeting_id = await meets(trust, put_right, **HELP)
            await corrects(trust, meeting_id, put_right, **NO_HELP)
            await becomes(trust, draft_of(asked))

        await start_kafka(there.kafka)
        try:
            async with _service(there) as trust:
                await becomes(trust, draft_of(asked), "CapacityRequested")
                await corrects(trust, meeting_id, put_right, **HELP)
                [drafted] = await becomes(trust, draft_of(put_right), "CapacityRequested")
                assert drafted["basis"] == await _event_id(trust, put_right, "FeedbackCorrected")
        finally:
            await there.kafka.stop()


@asynccontextmanager
async def _service(there: Place) -> AsyncIterator[Trust]:
    async with inside(there) as client:
        yield Trust({"collaboration": Writer(there, client)})


async def _event_id(trust: Trust, item_id: str, kind: str) -> str:
    """The last event of a kind in an answer of the first school."""
    found: object = await trust.writers["collaboration"].place.fetchval(
        "select id from event where stream = $1 and type = $2 order by version desc limit 1",
        f"answer-{item_id}-{HERE}",
        f"uk.mat.collaboration.{kind}.v1",
    )
    return str(found)
