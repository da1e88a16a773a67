"""The stories of what the register's facts cause in coaching: who is in the pool, and which pairings are questioned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.contracts.talent.roles import RoleDesignated, RoleDesignationWithdrawn
from tests.integration.stories.coaching import LAST_YEAR, TOMORROW, YESTERDAY, joins, manages, pairs
from tests.integration.stories.conftest import HERE, TODAY, Trust, Writer
from tests.integration.stories.holding import designation
from tests.integration.stories.reacting import comes, comes_again, is_done_with
from tests.stack import Stack
from tests.support.process import facts, opened
from tests.support.writer import COLLABORATION, TALENT, TRUST, Place, inside, joining, place, registering, until

pytestmark = pytest.mark.timeout(300)


async def becomes(trust: Trust, coach: str, *events: str) -> list[dict[str, Any]]:
    """Wait until this happened to a coach, and see that nothing follows from it; what it says."""
    said = await comes(trust, "collaboration", f"coach-{coach}", *events)
    await is_done_with(trust, "collaboration", f"coach-{coach}", len(events))
    assert await trust.happened("collaboration", f"coach-{coach}") == [*events]
    return said


async def records(there: Place, stream: str, fact: Any) -> None:
    """A service records a fact by itself, which its own sequencer publishes."""
    async with opened(there) as process:
        await process.says(facts(stream, fact))


async def test_whom_the_coach_will_lead_is_questioned_when_they_are_paired(trust: Trust) -> None:
    """The other order: who leads whom from tomorrow is known before the pairing."""
    coach, teacher = await trust.employs(), await trust.employs()
    await manages(trust, coach, teacher, TOMORROW)

    await pairs(trust, coach, teacher)

    _, questioned = await becomes(trust, coach, "CoachingPaired", "CoachingQuestioned")
    assert (questioned["coachee_id"], questioned["since_on"]) == (teacher, TOMORROW)


async def test_whom_the_coach_led_in_other_days_is_not_questioned(trust: Trust) -> None:
    coach, other, teacher = [await trust.employs() for _ in range(3)]
    await manages(trust, coach, teacher, LAST_YEAR)
    await manages(trust, other, teacher, str(TODAY - timedelta(days=60)))
    pairing_id = await pairs(trust, coach, teacher, ends_on=str(TODAY))
    await becomes(trust, coach, "CoachingPaired")

    await manages(trust, coach, teacher, str(TODAY))

    _, questioned = await becomes(trust, coach, "CoachingPaired", "CoachingQuestioned")
    assert (questioned["pairing_id"], questioned["since_on"]) == (pairing_id, str(TODAY))


async def test_an_assignment_that_comes_twice_is_questioned_once(trust: Trust) -> None:
    coach, other, teacher = [await trust.employs() for _ in range(3)]
    await pairs(trust, coach, teacher)
    await manages(trust, coach, teacher, YESTERDAY)
    await becomes(trust, coach, "CoachingPaired", "CoachingQuestioned")

    await comes_again(trust.writers["talent"].place, f"person-{teacher}")
    await comes_again(trust.writers["collaboration"].place, f"coach-{coach}")
    await manages(trust, other, teacher, str(TODAY))  # it comes behind them
    await is_done_with(trust, "collaboration", f"person-{teacher}")

    await becomes(trust, coach, "CoachingPaired", "CoachingQuestioned")


async def test_a_designation_that_comes_twice_is_one_membership(trust: Trust) -> None:
    chair = await trust.employs("chair_of_governors", kind="governor")
    said = designation("nlg", person_id=chair, from_on=LAST_YEAR)
    await trust.does("talent", "/designations", said)
    await joins(trust, chair)

    await comes_again(trust.writers["talent"].place, f"designations-{chair}")
    withdrawal = {"person_id": chair, "withdrawn_on": YESTERDAY}
    await trust.does("talent", f"/designations/{said['designation_id']}/withdraw", withdrawal)

    await becomes(trust, chair, "CoachPoolJoined", "CoachPoolLeft")


async def test_a_withdrawal_that_is_heard_first_waits_for_the_designation(trust: Trust) -> None:
    talent, coach = trust.writers["talent"].place, UUID(await trust.employs())
    held = RoleDesignated(
        designation_id=UUID(int=coach.int ^ 1),
        trustuid=TRUST,
        person_id=coach,
        scheme="lle",
        awarding_body="National College",
        from_on=TODAY - timedelta(days=365),
    )
    ended = RoleDesignationWithdrawn(
        designation_id=held.designation_id, person_id=coach, scheme="lle", withdrawn_on=TODAY
    )

    await records(talent, f"told-first-{coach}", ended)
    await trust.heard("collaboration", f"told-first-{coach}", 1)
    assert await trust.happened("collaboration", f"coach-{coach}") == []
    await records(talent, f"told-later-{coach}", held)

    _, left = await becomes(trust, str(coach), "CoachPoolJoined", "CoachPoolLeft")
    assert left["left_on"] == str(TODAY)


async def test_what_was_said_while_the_service_was_down_is_done_when_it_is_back(
    stack: Stack, roles: Mapping[str, str]
) -> None:
    assert roles
    async with (
        place(stack, TALENT) as talent,
        place(stack, COLLABORATION, beside=talent) as there,
        inside(talent) as door,
    ):
        register = Writer(talent, door)
        async with inside(there) as client:
            trust = Trust({"talent": register, "collaboration": Writer(there, client)})
            await trust.does("talent", "/trusts", registering())
            await trust.does("talent", "/schools", joining(HERE))
            coach, teacher = await trust.employs("middle_leader"), await trust.employs()
            await pairs(trust, coach, teacher)

        held = designation("sle", person_id=coach, specialism="Early reading", from_on=LAST_YEAR)
        withdrawal = {"person_id": coach, "withdrawn_on": YESTERDAY}
        alone = Trust({"talent": register})
        await alone.does("talent", "/designations", held)
        await alone.does("talent", f"/designations/{held['designation_id']}/withdraw", withdrawal)
        assignment = {"manager_id": coach, "from_on": YESTERDAY}
        await alone.does("talent", f"/persons/{teacher}/line-manager", assignment)

        async with inside(there) as client:
            trust = Trust({"talent": register, "collaboration": Writer(there, client)})

            async def all_is_done() -> bool:
                happened = await trust.happened("collaboration", f"coach-{coach}")
                return sorted(happened) == ["CoachPoolJoined", "CoachPoolLeft", "CoachingPaired", "CoachingQuestioned"]

            await until(all_is_done)
