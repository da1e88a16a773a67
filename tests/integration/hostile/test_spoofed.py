"""D6 and D7: who speaks is proven by the topic or the token, whatever a claim says; and what was heard is not resaid.

What a claim is about without naming a school (somebody's engagement, an offer of capacity) is in
tests/e2e/test_spoofed_schools.py, where all of it is there.
"""

from __future__ import annotations

import pytest

from tests.integration.hostile.bodies import Claim, good
from tests.integration.hostile.doors import Doors
from tests.integration.stories.conftest import HERE, OTHER_TRUST, THERE

pytestmark = pytest.mark.timeout(300)  # a Kafka of its own

SPOOFED = {("refused", "not_your_school", "/data/urn"), ("refused", "trust_only", "/type")}


def of_a_school(doors: Doors, urn: str) -> list[Claim]:
    """A claim of every type that names its school, as that school's."""
    return [sent for sent in good(doors.service, urn=urn) if {"urn", "urns"} & sent["data"].keys()]


async def test_no_school_speaks_for_another_at_either_door(doors: Doors) -> None:
    before = await doors.effects()
    claims = of_a_school(doors, THERE)

    over_http = await doors.batch(claims, token=doors.school(HERE))
    await doors.produce(*claims)
    receipts = await doors.receipts()

    assert set(over_http) <= SPOOFED
    assert [receipts[sent["id"]] for sent in claims] == over_http
    assert await doors.effects() == before
    await doors.goes_on()


async def test_no_trust_speaks_for_another(doors: Doors) -> None:
    before = await doors.effects()
    stranger = doors.writer.place.token("trust_leader", trust=OTHER_TRUST)
    claims = [sent for sent in good(doors.service) if "trustuid" in sent["data"]]
    foreign = [{**sent, "trustuid": OTHER_TRUST} for sent in good(doors.service)]

    answers = [*await doors.batch(claims, token=stranger), *await doors.batch(foreign)]
    await doors.produce(*foreign)
    receipts = await doors.receipts()

    assert set(answers) == {("refused", "not_your_trust", "/trustuid")}
    assert {receipts[sent["id"]] for sent in foreign} == {("refused", "not_your_trust", "/trustuid")}
    assert await doors.effects() == before


async def test_what_comes_again_is_the_same_whichever_door_it_comes_by(doors: Doors) -> None:
    sent = doors.fine()
    [first] = await doors.batch([sent], token=doors.school())
    before = await doors.effects()

    await doors.produce(*[{**sent, "time": "2026-11-22T10:00:00Z"}] * 3)
    [again] = await doors.batch([sent], token=doors.school())

    assert (first[0], again[0]) == ("accepted", "duplicate")
    assert await doors.effects() == before


async def test_an_id_that_is_used_for_something_else_is_refused_and_the_first_stands(doors: Doors) -> None:
    sent, other = doors.fine(), doors.fine()
    await doors.batch([sent], token=doors.school())
    before = await doors.effects()
    reused = {**other, "id": sent["id"], "source": sent["source"]}

    [over_http] = await doors.batch([reused], token=doors.school())
    await doors.produce(*[reused] * 3)

    assert over_http == ("refused", "id_reused", None)
    assert await doors.effects() == before
    codes = "select array_agg(code) from kept_claim where id = $1"  # what came by each door; the same bytes once
    assert await doors.writer.place.fetchval(codes, sent["id"]) == ["id_reused", "id_reused"]


async def test_what_another_caught_and_sends_again_changes_nothing(doors: Doors) -> None:
    sent = doors.fine()
    await doors.batch([sent], token=doors.school())
    before = await doors.effects()

    for answer in await doors.batch([sent, {**sent, "id": "caught"}], token=doors.school(THERE)):
        assert answer[0] == "refused" or doors.service == "talent"  # who is registered already is, whoever says so
    assert await doors.effects() == before
