"""The stories of what facts of one service cause in another."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.stories.conftest import Trust
from tests.integration.stories.leading import nominated
from tests.integration.stories.participants import Participant, ago
from tests.support.writer import until

pytestmark = pytest.mark.timeout(300)


async def banked(trust: Trust, leader_id: str) -> list[dict[str, Any]]:
    """What stands in somebody's bank of experience."""
    streams: list[str] = await trust.writers["talent"].place.fetchval(
        "select coalesce(array_agg(distinct stream), '{}') from event where stream like $1", f"experience-{leader_id}-%"
    )
    return [data for stream in streams for _, data in await trust.history("talent", stream)]


async def refused(trust: Trust, basis: str) -> list[tuple[str, dict[str, Any]]]:
    """The reactions that a fact was to cause in talent and that were refused."""
    streams: list[str] = await trust.writers["talent"].place.fetchval(
        """select coalesce(array_agg(distinct stream), '{}') from event
           where stream like 'reaction-%' and convert_from(record, 'utf8') like $1""",
        f"%{basis}%",
    )
    return [found for stream in streams for found in await trust.history("talent", stream)]


async def test_a_qualification_that_is_passed_counts_as_experience(trust: Trust) -> None:
    leader, _ = await nominated(trust)
    deputy = Participant(trust, leader, "npq-headship")

    await deputy.enrols()
    await deputy.completes()
    await deputy.does("outcome", outcome="passed", outcome_on=ago(10))

    async def counts() -> bool:
        return [found["experience"] for found in await banked(trust, leader)] == ["qualification"]

    await until(counts)


async def test_who_is_no_leader_has_no_bank_and_the_refusal_is_seen(trust: Trust) -> None:
    person = await trust.employs()
    deputy = Participant(trust, person, "npq-headship")

    await deputy.enrols()
    await deputy.completes()
    await deputy.does("outcome", outcome="passed", outcome_on=ago(10))

    async def is_seen() -> bool:
        found = await refused(trust, person)
        return [(name, data["code"]) for name, data in found] == [("ReactionRefused", "leader_not_active")]

    await until(is_seen)
    assert await banked(trust, person) == []
