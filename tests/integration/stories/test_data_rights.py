"""People's rights over their data, at talent's doors: holds and rules come first, and the answer stands in history."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.integration.stories.conftest import HERE, OTHER_TRUST, THERE, TODAY, Trust
from tests.integration.stories.data_rights import access, asks, erasure, hold, registered

pytestmark = pytest.mark.timeout(300)  # a Kafka of its own
LONG_AGO = date(TODAY.year - 8, 8, 31)


async def decided(trust: Trust, person_id: str) -> dict[str, Any]:
    answer = await asks(trust, f"/people/{person_id}/personal-data")
    assert answer.status_code == httpx.codes.OK, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def who_left(trust: Trust, last_day: date) -> str:
    """Somebody who worked here until a day."""
    person_id, engagement_id = await registered(trust), str(uuid4())
    terms = {"urn": HERE, "kind": "permanent", "role": "teacher", "fte_hundredths": 100, "started_on": "2012-09-01"}
    engagements = f"/persons/{person_id}/engagements"
    await trust.does("talent", engagements, {"engagement_id": engagement_id, **terms})
    await trust.does("talent", f"{engagements}/{engagement_id}/end", {"ended_on": str(last_day)})
    return person_id


async def test_a_hold_stops_an_erasure_and_the_person_is_told_so(trust: Trust) -> None:
    person_id, placed, asked = await registered(trust), hold(), erasure()
    holds, erasures = f"/people/{person_id}/legal-holds", f"/people/{person_id}/erasures"

    await trust.does("talent", holds, placed)
    await trust.does("talent", erasures, asked)
    await trust.does("talent", f"{holds}/{placed['hold_id']}/lift", {})
    await trust.does("talent", erasures, again := erasure())

    names = [name for name, _ in await trust.history("talent", f"personal-data-{person_id}")]
    assert names == ["LegalHoldPlaced", "ErasureRefused", "LegalHoldLifted", "ErasureDecided"]
    told = await decided(trust, person_id)
    assert [(one["erasure_id"], one["decision"], one.get("because")) for one in told["erasures"]] == [
        (asked["erasure_id"], "refused", "legal_hold"),
        (again["erasure_id"], "decided", None),
    ]
    [one] = told["holds"]
    assert (one["basis"], one["lifted_at"] is None) == ("tribunal", False)
    assert placed["reason"] not in str(told)


async def test_a_retention_rule_keeps_who_works_here_and_who_left_lately(trust: Trust) -> None:
    works_here, left = await trust.employs(), await who_left(trust, TODAY - timedelta(days=400))
    for person_id in (works_here, left):
        await trust.does("talent", f"/people/{person_id}/erasures", erasure())

    until = [(await decided(trust, one))["erasures"][0]["until_on"] for one in (works_here, left)]

    last = TODAY - timedelta(days=400)
    assert until[0] is None
    assert date.fromisoformat(until[1]).year == last.year + 6


async def test_what_is_decided_of_a_person_is_decided_of_all_their_entries(trust: Trust) -> None:
    kept, twice, thrice = [await registered(trust) for _ in range(3)]
    for gone, into in ((thrice, twice), (twice, kept)):
        body = {"into_person_id": into, "reason": "duplicate"}
        await trust.does("talent", f"/persons/{gone}/merge", body)
    placed = hold()
    await trust.does("talent", f"/people/{thrice}/legal-holds", placed)

    await trust.does("talent", f"/people/{kept}/erasures", erasure())
    await trust.does("talent", f"/people/{thrice}/legal-holds/{placed['hold_id']}/lift", {})
    await trust.does("talent", f"/people/{kept}/erasures", erasure())

    of_a_duplicate = await trust.cannot("talent", f"/people/{twice}/erasures", erasure())
    assert of_a_duplicate == "person_merged"
    of_each = [
        [one["decision"] for one in (await decided(trust, entry))["erasures"]] for entry in (kept, twice, thrice)
    ]
    assert of_each == [["refused", "decided"]] * 3
    ids = {(await decided(trust, entry))["erasures"][1]["erasure_id"] for entry in (kept, twice, thrice)}
    assert len(ids) == 3


async def test_access_is_recorded_once_a_request(trust: Trust) -> None:
    person_id, given = await registered(trust), access()

    await trust.does("talent", f"/people/{person_id}/subject-access", given)
    again = await trust.command("talent", f"/people/{person_id}/subject-access", given)

    assert again.status_code == httpx.codes.CREATED
    [one] = (await decided(trust, person_id))["access"]
    assert {name: one[name] for name in given} == given


async def test_only_the_trust_decides_and_another_trusts_people_are_not_known(trust: Trust) -> None:
    person_id, stranger = await registered(trust), await trust.stranger()
    for path, body in (("legal-holds", hold()), ("erasures", erasure()), ("subject-access", access())):
        assert await trust.cannot("talent", f"/people/{person_id}/{path}", body, school=HERE) == "trust_only"
        assert await trust.cannot("talent", f"/people/{stranger}/{path}", body) == "person_unknown"

    answers = [
        (await asks(trust, f"/people/{person_id}/personal-data", "school_leader")).json()["code"],
        (await asks(trust, f"/people/{person_id}/personal-data", of=OTHER_TRUST)).json()["code"],
        (await asks(trust, "/retention", "operator")).json()["code"],
    ]
    assert answers == ["trust_only", "person_unknown", "trust_only"]


async def test_whose_data_was_kept_long_enough_is_told_by_id_and_the_others_are_counted(trust: Trust) -> None:
    before = (await asks(trust, "/retention")).json()
    long_gone, held, lately = [await who_left(trust, on) for on in (LONG_AGO, LONG_AGO, TODAY)]
    merged = await registered(trust)
    await trust.does("talent", f"/persons/{merged}/merge", {"into_person_id": held, "reason": "duplicate"})
    await trust.does("talent", f"/people/{merged}/legal-holds", hold())

    found = (await asks(trust, "/retention")).json()

    mine = [one for one in found["due"] if one["person_id"] in {long_gone, held, lately, merged}]
    due = {"person_id": long_gone, "kept_until": f"{LONG_AGO.year + 6}-08-31", "kinds": ["permanent"]}
    assert mine == [due]
    more = {name: count - before["counts"][name] for name, count in found["counts"].items()}
    assert more == {"due": 1, "held": 1, "kept": 1, "engaged": 0, "no_rule": 0, "erased": 0}
    assert found["periods"]["permanent"]["years"] == 6

    await trust.does("talent", f"/people/{long_gone}/erasures", erasure(ground="retention_over"))
    after = (await asks(trust, "/retention")).json()
    assert long_gone not in [one["person_id"] for one in after["due"]]
    assert after["counts"]["erased"] == found["counts"]["erased"] + 1


async def test_a_wrong_name_is_put_right_and_both_stay(trust: Trust) -> None:
    person_id = await trust.employs()
    right = {"correction_id": str(uuid4()), "name": "Ada Byron", "removed": ["trn"]}

    elsewhere = await trust.cannot("talent", f"/persons/{person_id}/correct", right, school=THERE)
    await trust.does("talent", f"/persons/{person_id}/correct", right, school=HERE)

    assert elsewhere == "not_your_school"
    history = await trust.history("talent", f"person-{person_id}")
    assert [name for name, _ in history] == ["PersonRegistered", "EngagementStarted", "PersonDetailsCorrected"]
    assert "Ada" not in str(history)
    assert (history[2][1]["removed"], set(history[2][1])) == (["trn"], {*right, "person_id"})
