"""The stories of schools that work together, with each other and with partners outside, and how strong that is."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from tests.integration.stories.changing import (
    GIVER,
    HELP,
    PLACES,
    TAKER,
    UNIVERSITY,
    ago,
    agrees,
    commitment,
    partnership,
)
from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust

pytestmark = pytest.mark.timeout(300)
CLIENTS = 32


async def scores(trust: Trust, collaboration_id: str) -> dict[str, tuple[int, str]]:
    """The latest score of each test, and whether it was judged or worked out."""
    history = await trust.history("collaboration", f"collaboration-{collaboration_id}")
    return {data["test"]: (data["score"], data["basis"]) for name, data in history if name == "FiveTestsAssessed"}


async def test_help_that_goes_one_way_is_taken_and_scores_low_in_mutuality(trust: Trust) -> None:
    """S4c: the five tests; one of them is not for anybody to claim."""
    fields = partnership(GIVER, TAKER)
    await trust.does("collaboration", "/collaborations", fields, school=HERE)
    path = f"/collaborations/{fields['collaboration_id']}/assess"
    judged = {"purpose": 4, "change": 3, "pace": 4, "prioritisation": 3}

    await trust.does("collaboration", path, {"scores": judged, "assessed_on": str(TODAY)})

    assert await scores(trust, fields["collaboration_id"]) == {
        **{test: (score, "judged") for test, score in judged.items()},
        "mutuality": (0, "worked_out"),
    }
    claimed = {"scores": {"mutuality": 4}, "assessed_on": str(TODAY)}
    assert await trust.cannot("collaboration", path, claimed) == "invalid"


async def test_a_university_gives_and_takes_and_all_is_mutual(trust: Trust) -> None:
    """S1d, S4c: partners outside the trust; what is given up for it is said, also where it is nothing."""
    school = {"kind": "school", "urn": HERE, "gives": [HELP], "receives": [PLACES]}
    collaboration_id = await agrees(trust, school, UNIVERSITY, opportunity_cost_days=0)

    assessed = {"scores": {"purpose": 2}, "assessed_on": str(TODAY)}
    await trust.does("collaboration", f"/collaborations/{collaboration_id}/assess", assessed, school=HERE)

    (_, agreed), *_ = await trust.history("collaboration", f"collaboration-{collaboration_id}")
    assert [partner["kind"] for partner in agreed["partners"]] == ["school", "university"]
    assert (agreed["opportunity_cost_days"], agreed["opportunity_cost_pence"]) == (0, 0)
    assert await scores(trust, collaboration_id) == {"purpose": (2, "judged"), "mutuality": (4, "worked_out")}


@pytest.mark.parametrize(
    "missing", ["purpose", "measures", "ends_on", "opportunity_cost_days", "opportunity_cost_pence"]
)
async def test_purpose_measures_end_and_cost_are_said(trust: Trust, missing: str) -> None:
    """S4c: zero is a cost that is said."""
    fields = {name: text for name, text in partnership().items() if name != missing}

    assert await trust.cannot("collaboration", "/collaborations", fields) == "invalid"


async def test_a_school_commits_to_change_its_practice_and_the_end_is_looked_at(trust: Trust) -> None:
    """S4c: practice changes, within a time; of each test the latest score counts."""
    collaboration_id = await agrees(trust, starts_on=ago(200), ends_on=ago(1))
    path = f"/collaborations/{collaboration_id}"
    await trust.does("collaboration", f"{path}/commitments", commitment(), school=THERE)
    for score, day in ((1, ago(90)), (3, ago(2))):
        assessed = {"scores": {"change": score}, "assessed_on": day}
        await trust.does("collaboration", f"{path}/assess", assessed, school=THERE)

    await trust.does("collaboration", f"{path}/close", {"outcome": "amber", "closed_on": ago(1)}, school=HERE)
    last = {"scores": {"change": 4}, "assessed_on": ago(1)}
    await trust.does("collaboration", f"{path}/assess", last, school=THERE)

    happened = await trust.happened("collaboration", f"collaboration-{collaboration_id}")
    assert [name for name in happened if name != "FiveTestsAssessed"] == [
        "CollaborationAgreed",
        "PracticeChangeCommitted",
        "CollaborationClosed",
    ]
    assert (await scores(trust, collaboration_id))["change"] == (4, "judged")


async def test_a_school_that_is_no_partner_has_no_say(trust: Trust) -> None:
    collaboration_id = await agrees(trust, {"kind": "school", "urn": HERE}, UNIVERSITY)
    path = f"/collaborations/{collaboration_id}"

    for part, body in (
        ("assess", {"scores": {}, "assessed_on": str(TODAY)}),
        ("commitments", commitment()),
        ("close", {"outcome": "red", "closed_on": str(TODAY)}),
    ):
        assert await trust.cannot("collaboration", f"{path}/{part}", body, school=THERE) == "not_your_school"


async def test_a_collaboration_closes_once_also_when_many_close_it_at_once(trust: Trust) -> None:
    collaboration_id = await agrees(trust)
    outcomes = ["red", "amber", "green"]

    await asyncio.gather(
        *(
            trust.command(
                "collaboration",
                f"/collaborations/{collaboration_id}/close",
                {"outcome": outcomes[number % 3], "closed_on": str(TODAY)},
            )
            for number in range(CLIENTS)
        )
    )

    happened = await trust.happened("collaboration", f"collaboration-{collaboration_id}")
    assert happened == ["CollaborationAgreed", "CollaborationClosed"]


async def test_a_schools_system_commits_and_is_told_again_that_it_is_known(trust: Trust) -> None:
    collaboration_id = await agrees(trust)
    said = {"collaboration_id": collaboration_id, **commitment(commitment_id=str(uuid4()))}

    for _ in range(2):
        await trust.claims("collaboration", "PracticeChangeCommitted", said, school=THERE)

    assert await trust.happened("collaboration", f"collaboration-{collaboration_id}") == [
        "CollaborationAgreed",
        "PracticeChangeCommitted",
    ]
