"""The stories of daily requests, and of what schools tell each other."""

from __future__ import annotations

import pytest

from tests.integration.stories.conftest import HERE, THERE, Trust
from tests.integration.stories.improving import asks, minutes_ago, request, success
from tests.support.writer import TRUST

pytestmark = pytest.mark.timeout(300)


async def test_a_school_asks_and_the_trust_answers_until_it_is_done(trust: Trust) -> None:
    """S1f: site, staff, compliance and others; the first answer is timed."""
    asked = request()
    await trust.does("collaboration", "/support-requests", asked, school=HERE)
    path = f"/support-requests/{asked['request_id']}"
    first, second = minutes_ago(40), minutes_ago(20)

    await trust.does("collaboration", f"{path}/answer", {"answer": "A fitter comes.", "answered_at": first})
    await trust.does("collaboration", f"{path}/answer", {"answer": "It is repaired.", "answered_at": second})
    await trust.does("collaboration", f"{path}/close", {"closed_at": minutes_ago(10)}, school=HERE)

    history = await trust.history("collaboration", f"support-request-{asked['request_id']}")
    assert [name for name, _ in history] == [
        "SupportRequested",
        "SupportRequestAnswered",
        "SupportRequestAnswered",
        "SupportRequestClosed",
    ]
    assert history[0][1]["request"].startswith("sealed:")
    assert [data["answer"].startswith("sealed:") for _, data in history[1:3]] == [True, True]
    assert history[1][1]["answered_at"][:19] == first[:19]
    assert history[1][1]["by"] == "tester"


@pytest.mark.parametrize("kind", ["site", "hr", "compliance", "other"])
async def test_each_kind_of_request_comes_from_a_schools_system_too(trust: Trust, kind: str) -> None:
    """S1f."""
    receipt = await trust.claims("collaboration", "SupportRequested", request(kind=kind), school=HERE)

    assert receipt["outcome"] == "accepted"


async def test_the_trust_closes_what_it_has_done(trust: Trust) -> None:
    request_id = await asks(trust)

    await trust.does("collaboration", f"/support-requests/{request_id}/close", {"closed_at": minutes_ago(1)})

    assert await trust.happened("collaboration", f"support-request-{request_id}") == [
        "SupportRequested",
        "SupportRequestClosed",
    ]


async def test_a_school_neither_answers_nor_closes_what_another_asked(trust: Trust) -> None:
    path = f"/support-requests/{await asks(trust)}"
    answer = {"answer": "Ask them.", "answered_at": minutes_ago(1)}

    assert await trust.cannot("collaboration", f"{path}/answer", answer, school=HERE) == "trust_only"
    closing = {"closed_at": minutes_ago(1)}
    assert await trust.cannot("collaboration", f"{path}/close", closing, school=THERE) == "not_your_school"


async def test_schools_tell_each_other_what_goes_well_and_what_is_hard(trust: Trust) -> None:
    """S4j: successes and challenges are shared across the trust."""
    told = success()
    challenge_id = success()["success_id"]
    hard = {
        "challenge_id": challenge_id,
        "trustuid": TRUST,
        "urn": THERE,
        "theme": "attendance",
        "text": "Mondays.",
        "raised_at": minutes_ago(1),
    }

    for _ in range(2):
        await trust.command("collaboration", "/successes", told, school=HERE)
        await trust.command("collaboration", "/challenges", hard, school=THERE)

    [(shared, success_data)] = await trust.history("collaboration", f"shared-experience-{told['success_id']}")
    [(raised, challenge_data)] = await trust.history("collaboration", f"shared-experience-{challenge_id}")
    assert (shared, success_data["theme"], raised, challenge_data["theme"]) == (
        "SuccessShared",
        "phonics",
        "ChallengeRaised",
        "attendance",
    )
    assert success_data["text"].startswith("sealed:")
