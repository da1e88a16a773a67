"""The register's stories: people come, work in several places, and go."""

from __future__ import annotations

from tests.integration.stories.conftest import Trust


async def test_somebody_starts_to_work_at_a_school(trust: Trust) -> None:
    person_id = await trust.employs("headteacher")

    assert await trust.happened("talent", f"person-{person_id}") == ["PersonRegistered", "EngagementStarted"]
