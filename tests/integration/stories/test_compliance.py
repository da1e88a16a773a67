"""The stories of required training: what support staff have to know, what they learn besides, and what lapses."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.integration.stories.conftest import HERE, TODAY, Trust
from tests.integration.stories.provoking.cpd_compliance import record, requirement
from tests.support.writer import until

pytestmark = pytest.mark.timeout(300)  # the first of them waits for Kafka and two services

THIS_MONTH = TODAY.replace(day=1)
LAST_MONTH = TODAY - timedelta(days=30)
LAST_YEAR = TODAY - timedelta(days=400)


async def test_support_staff_complete_what_their_role_requires(trust: Trust) -> None:
    site_manager = await trust.employs("site_manager")
    asbestos = requirement(roles=["site_manager"], recurrence_months=12)
    training, stream = asbestos["training"], f"training-{site_manager}-{asbestos['training']}"

    await trust.does("cpd", "/requirements", asbestos)
    done = record(site_manager, training, THIS_MONTH, urn=HERE)
    receipt = await trust.claims("cpd", "StatutoryTrainingCompleted", done, school=HERE)

    assert receipt["outcome"] == "accepted"
    in_a_year = str(THIS_MONTH.replace(year=TODAY.year + 1))
    assert await trust.history("cpd", stream) == [
        ("StatutoryTrainingCompleted", {**done, "expires_on": in_a_year, "dated_by": "requirement"})
    ]


async def test_support_staff_learn_for_themselves(trust: Trust) -> None:
    technician = await trust.employs("science_technician")
    training = f"spreadsheets-{uuid4().hex[:12]}"

    await trust.does("cpd", "/training-records", record(technician, training, LAST_MONTH))

    [(_, completed)] = await trust.history("cpd", f"training-{technician}-{training}")
    assert completed["dated_by"] == "nobody_yet"
    assert "expires_on" not in completed


async def test_some_first_aiders_are_required_at_each_site(trust: Trust) -> None:
    first_aid = requirement(minimum_per_site=2, recurrence_months=36)

    await trust.does("cpd", "/requirements", first_aid)
    assert await trust.cannot("cpd", "/requirements", {**first_aid, "basis": "guidance"}, school=HERE) == "trust_only"

    assert await trust.history("cpd", f"requirement-99001-{first_aid['training']}") == [
        ("StatutoryRequirementSet", {**first_aid, "roles": []})
    ]


async def test_a_certificate_from_a_former_employer_counts_until_its_own_last_day(trust: Trust) -> None:
    midday = await trust.employs("midday_supervisor")
    first_aid = requirement(recurrence_months=36)
    training = first_aid["training"]

    await trust.does("cpd", "/requirements", first_aid)
    last_day = str(TODAY + timedelta(days=90))
    done = record(midday, training, LAST_YEAR, expires_on=last_day, provider="Another Trust")
    await trust.does("cpd", "/training-records", done)

    [(_, completed)] = await trust.history("cpd", f"training-{midday}-{training}")
    assert (completed["expires_on"], completed["dated_by"]) == (last_day, "certificate")


async def test_a_new_requirement_leaves_the_past_as_it_was(trust: Trust) -> None:
    cook = await trust.employs("cook")
    hygiene = requirement(recurrence_months=36)
    training = hygiene["training"]
    await trust.does("cpd", "/requirements", hygiene)
    await trust.does("cpd", "/requirements", {**hygiene, "recurrence_months": 12, "effective_from": str(LAST_MONTH)})

    new_year = LAST_YEAR.replace(month=1, day=1)
    for day in (new_year, TODAY):
        await trust.does("cpd", "/training-records", record(cook, training, day))

    (_, before), (_, now) = await trust.history("cpd", f"training-{cook}-{training}")
    assert before["expires_on"] == str(new_year.replace(year=new_year.year + 3))
    assert now["expires_on"][:4] == str(TODAY.year + 1)


async def test_what_ended_lapses_by_itself_once_and_again_after_it_was_renewed(trust: Trust) -> None:
    cleaner = await trust.employs("cleaner")
    fire = requirement(recurrence_months=12)
    training, stream = fire["training"], f"training-{cleaner}-{fire['training']}"
    await trust.does("cpd", "/requirements", fire)

    async def has_lapsed(times: int) -> bool:
        return (await trust.happened("cpd", stream)).count("StatutoryTrainingLapsed") == times

    await trust.does("cpd", "/training-records", record(cleaner, training, LAST_YEAR))
    await until(lambda: has_lapsed(1))
    ended = TODAY - timedelta(days=1)
    await trust.does("cpd", "/training-records", record(cleaner, training, LAST_MONTH, expires_on=str(ended)))
    await until(lambda: has_lapsed(2))
    await trust.does("cpd", "/training-records", record(cleaner, training, TODAY))

    assert await trust.happened("cpd", stream) == [
        "StatutoryTrainingCompleted",
        "StatutoryTrainingLapsed",
        "StatutoryTrainingCompleted",
        "StatutoryTrainingLapsed",
        "StatutoryTrainingCompleted",
    ]
    _, lapsed = (await trust.history("cpd", stream))[3]
    assert lapsed == {
        "person_id": cleaner,
        "training": training,
        "completed_on": str(LAST_MONTH),
        "lapsed_on": str(TODAY),
    }


async def test_records_that_came_before_their_requirement_lapse_too(trust: Trust) -> None:
    caretaker = await trust.employs("caretaker")
    fire = requirement(recurrence_months=12, effective_from=str(LAST_MONTH))
    training, stream = fire["training"], f"training-{caretaker}-{fire['training']}"
    await trust.does("cpd", "/training-records", record(caretaker, training, "2019-05-20"))

    await trust.does("cpd", "/requirements", fire)

    async def history() -> list[tuple[str, dict[str, str]]]:
        return [event for event in await trust.history("cpd", stream) if event[0] == "StatutoryTrainingLapsed"]

    [(_, lapsed)] = await until(history)
    assert lapsed["lapsed_on"] == str(LAST_MONTH)  # on the first day on which it was required
