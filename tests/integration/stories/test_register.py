"""The register's stories: people come, work in several places, are known to several systems, and go."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx

from shared.contracts.talent.register import staff_stream
from shared.intake import staff
from shared.intake.people import Somebody, StaffReference
from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.support.writer import TRUST, person, until

YEARS_AGO = TODAY - timedelta(days=1000)
LAST_MONTH = TODAY - timedelta(days=30)


def reference(staff_ref: str, source: str = "mis") -> dict[str, str]:
    return {"source": source, "staff_ref": staff_ref}


def nameless(who: dict[str, Any]) -> dict[str, Any]:
    """A registration by a system that has no id of ours."""
    return {name: content for name, content in who.items() if name != "person_id"}


def engagement(urn: str | None, **more: Any) -> dict[str, Any]:
    fields = {"engagement_id": str(uuid4()), "kind": "permanent", "role": "teacher", "fte_hundredths": 100}
    return {**fields, **({"urn": urn} if urn else {}), "started_on": str(YEARS_AGO), **more}


async def test_somebody_starts_to_work_at_a_school(trust: Trust) -> None:
    person_id = await trust.employs("headteacher")

    assert await trust.happened("talent", f"person-{person_id}") == ["PersonRegistered", "EngagementStarted"]


async def test_a_supply_teacher_works_in_two_schools_and_each_says_its_own(trust: Trust) -> None:
    who = person()
    at = {urn: engagement(urn, kind="supply", fte_hundredths=60) for urn in (HERE, THERE)}
    by = reference(who["staff_ref"])

    assert (await trust.claims("talent", "PersonRegistered", who, school=HERE))["outcome"] == "accepted"
    for urn in (HERE, THERE):  # more than full time in all is not refused
        said = await trust.claims("talent", "EngagementStarted", {"person_id": by, **at[urn]}, school=urn)
        assert said["outcome"] == "accepted"
    end = {"person_id": by, "engagement_id": at[THERE]["engagement_id"], "ended_on": str(LAST_MONTH)}
    foreign = await trust.claims("talent", "EngagementEnded", end, school=HERE)
    own = await trust.claims("talent", "EngagementEnded", end, school=THERE)

    assert (foreign["code"], own["outcome"]) == ("not_your_school", "accepted")
    history = await trust.history("talent", f"person-{who['person_id']}")
    assert [(name, data.get("urn")) for name, data in history[1:]] == [
        ("EngagementStarted", HERE),
        ("EngagementStarted", THERE),
        ("EngagementEnded", None),
    ]


async def test_an_engagement_changes_pauses_and_goes_on_and_says_no_reason(trust: Trust) -> None:
    who, works = person(), engagement(HERE)
    await trust.does("talent", "/persons", who)
    await trust.does("talent", f"/persons/{who['person_id']}/engagements", works)
    path = f"/persons/{who['person_id']}/engagements/{works['engagement_id']}"
    change = {"role": "deputy_headteacher", "fte_hundredths": 80, "acting": True, "from_on": str(LAST_MONTH)}

    await trust.does("talent", f"{path}/change", change, school=HERE)
    await trust.does("talent", f"{path}/pause", {"from_on": str(TODAY)}, school=HERE)
    await trust.does("talent", f"{path}/pause", {"from_on": str(TODAY)}, school=HERE)
    assert await trust.cannot("talent", f"{path}/pause", {"from_on": str(TODAY), "reason": "ill"}) == "invalid"
    await trust.does("talent", f"{path}/resume", {"from_on": str(TODAY + timedelta(days=60))}, school=HERE)

    *_, changed, paused, resumed = await trust.history("talent", f"person-{who['person_id']}")
    assert [name for name, _ in (changed, paused, resumed)] == [
        "EngagementChanged",
        "EngagementPaused",
        "EngagementResumed",
    ]
    assert changed[1] | change == changed[1]
    assert set(paused[1]) == {"person_id", "engagement_id", "urn", "from_on"}


async def test_a_returner_keeps_the_id_and_starts_a_new_engagement(trust: Trust) -> None:
    who, first, second = person(), engagement(HERE), engagement(HERE, started_on=str(TODAY))
    await trust.does("talent", "/persons", who)
    path = f"/persons/{who['person_id']}/engagements"
    await trust.does("talent", path, first)
    await trust.does("talent", f"{path}/{first['engagement_id']}/end", {"ended_on": str(LAST_MONTH)})

    again = await trust.claims("talent", "PersonRegistered", {**who, "name": "Married Name"}, school=HERE)
    data = {"person_id": reference(who["staff_ref"]), **second}
    back = await trust.claims("talent", "EngagementStarted", data, school=HERE)

    assert (again["outcome"], back["outcome"]) == ("accepted", "accepted")
    assert await trust.happened("talent", f"person-{who['person_id']}") == [
        "PersonRegistered",
        "EngagementStarted",
        "EngagementEnded",
        "EngagementStarted",
    ]


# Staff references


async def test_a_system_needs_no_id_of_ours(trust: Trust) -> None:
    who = nameless(person())
    named = f"mis:{who['staff_ref']}"

    await trust.does("talent", "/persons", who)
    await trust.does("talent", "/persons", who)
    await trust.does("talent", f"/persons/{named}/engagements", engagement(HERE))

    [(_, assigned)] = await trust.history("talent", staff_stream(TRUST, "mis", who["staff_ref"]))
    assert await trust.happened("talent", f"person-{assigned['person_id']}") == [
        "PersonRegistered",
        "EngagementStarted",
    ]


async def test_two_systems_know_one_person(trust: Trust) -> None:
    who = person()
    await trust.does("talent", "/persons", who)
    await trust.does("talent", f"/persons/{who['person_id']}/engagements", engagement(HERE))
    theirs = reference(f"H{uuid4().hex[:12]}", "payroll")

    await trust.does("talent", f"/persons/{who['person_id']}/staff-references", theirs, school=HERE)
    await trust.does("talent", f"/persons/{who['person_id']}/staff-references", theirs)
    await trust.does("talent", "/persons", nameless({**who, **theirs}))
    data = {"person_id": theirs, **engagement(THERE)}
    started = await trust.claims("talent", "EngagementStarted", data, school=THERE)

    assert started["outcome"] == "accepted"
    assert await trust.happened("talent", staff_stream(TRUST, **theirs)) == ["StaffReferenceAssigned"]
    assert await trust.happened("talent", f"person-{who['person_id']}") == [
        "PersonRegistered",
        "EngagementStarted",
        "EngagementStarted",
    ]


async def test_one_reference_never_means_two_people_however_many_register_it_at_once(trust: Trust) -> None:
    ref = f"S{uuid4().hex[:12]}"

    answers = await asyncio.gather(
        *(trust.command("talent", "/persons", person(staff_ref=ref)) for _ in range(24)),
        *(trust.command("talent", "/persons", nameless(person(staff_ref=ref))) for _ in range(8)),
    )

    codes = Counter(response.json().get("code", "accepted") for response in answers)
    assert codes["accepted"] >= 1
    assert codes["accepted"] + codes["staff_reference_taken"] == 32
    assert await trust.happened("talent", staff_stream(TRUST, "mis", ref)) == ["StaffReferenceAssigned"]
    count = await trust.writers["talent"].place.fetchval(
        """select count(*) from event where type like '%PersonRegistered%'
             and convert_from(record, 'utf8')::json ->> 'staff_ref' = $1""",
        ref,
    )
    assert count == 1


# Two entries, one person


async def duplicate(trust: Trust) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """One person registered twice, each time by one school, which employs them; and what the second engagement is."""
    survivor, twice, works = person(), person(), engagement(THERE)
    for who, at in ((survivor, engagement(HERE)), (twice, works)):
        await trust.does("talent", "/persons", who)
        await trust.does("talent", f"/persons/{who['person_id']}/engagements", at)
    return survivor, twice, works


async def merge(trust: Trust, twice: dict[str, Any], survivor: dict[str, Any]) -> None:
    body = {"into_person_id": survivor["person_id"], "reason": "duplicate"}
    await trust.does("talent", f"/persons/{twice['person_id']}/merge", body)


async def split(trust: Trust, twice: dict[str, Any], survivor: dict[str, Any]) -> None:
    body = {"from_person_id": survivor["person_id"], "reason": "two_people"}
    await trust.does("talent", f"/persons/{twice['person_id']}/split", body)


async def test_a_duplicate_is_merged_and_its_system_goes_on_as_before(trust: Trust) -> None:
    survivor, twice, works = await duplicate(trust)

    await merge(trust, twice, survivor)
    by = reference(twice["staff_ref"])
    ends = {"person_id": by, "engagement_id": works["engagement_id"], "ended_on": str(LAST_MONTH)}
    ended = await trust.claims("talent", "EngagementEnded", ends, school=THERE)
    stale = await trust.cannot(
        "talent", f"/persons/{twice['person_id']}/line-manager", {"manager_id": by, "from_on": str(TODAY)}
    )

    assert (ended["outcome"], stale) == ("accepted", "person_merged")
    assert await trust.happened("talent", f"person-{survivor['person_id']}") == [
        "PersonRegistered",
        "EngagementStarted",
        "EngagementStarted",
        "EngagementEnded",
    ]


async def test_a_split_gives_the_references_and_the_engagements_back(trust: Trust) -> None:
    survivor, twice, works = await duplicate(trust)
    by = reference(twice["staff_ref"])
    await merge(trust, twice, survivor)
    pause = {"person_id": by, "engagement_id": works["engagement_id"], "from_on": str(LAST_MONTH)}
    await trust.claims("talent", "EngagementPaused", pause, school=THERE)

    await split(trust, twice, survivor)
    resume = {**pause, "from_on": str(TODAY)}
    resumed = await trust.claims("talent", "EngagementResumed", resume, school=THERE)
    gone = await trust.cannot(
        "talent",
        f"/persons/{survivor['person_id']}/engagements/{works['engagement_id']}/end",
        {"ended_on": str(TODAY)},
    )

    assert (resumed["outcome"], gone) == ("accepted", "engagement_unknown")
    assert await trust.happened("talent", f"person-{twice['person_id']}") == [
        "PersonRegistered",
        "EngagementStarted",
        "PersonsMerged",
        "PersonsSplit",
        "EngagementPaused",
        "EngagementResumed",
    ]


async def test_entries_that_many_merge_into_each_other_at_once_leave_one(trust: Trust) -> None:
    entries = [person() for _ in range(3)]
    for who in entries:
        await trust.does("talent", "/persons", who)
    pairs = [(a, b) for a in entries for b in entries if a is not b]

    answers = await asyncio.gather(
        *(
            trust.command(
                "talent", f"/persons/{a['person_id']}/merge", {"into_person_id": b["person_id"], "reason": "duplicate"}
            )
            for a, b in (pairs * 6)[:32]
        )
    )

    assert {r.json().get("code", "accepted") for r in answers} <= {"accepted", "person_merged"}
    happened = [await trust.happened("talent", f"person-{who['person_id']}") for who in entries]
    assert sorted(len(events) for events in happened) == [1, 2, 2], "one stands, and the others were merged once each"
    for who in entries:
        data = {"person_id": reference(who["staff_ref"]), **engagement(HERE)}
        assert (await trust.claims("talent", "EngagementStarted", data))["outcome"] == "accepted"


async def test_other_services_know_who_is_who_and_who_worked_where(trust: Trust) -> None:
    survivor, twice, _ = await duplicate(trust)
    await trust.heard("cpd", f"person-{twice['person_id']}", 2)
    refs = [StaffReference(TRUST, "mis", who["staff_ref"]) for who in (survivor, twice)]
    ids = [UUID(who["person_id"]) for who in (survivor, twice)]
    async with asyncpg.create_pool(trust.writers["cpd"].place.dsn, min_size=1, max_size=1) as pool:
        look_up = staff.heard_of(pool)

        async def knows(*found: Somebody) -> None:
            async def does() -> bool:
                known = await look_up([*refs, StaffReference(TRUST, "mis", "nobody")], [*ids, uuid4()])
                return known == dict(zip((*refs, *ids), found * 2, strict=True))

            await until(does)

        first, second = (Somebody(id, TRUST, frozenset({urn})) for id, urn in zip(ids, (HERE, THERE), strict=True))
        both = Somebody(ids[0], TRUST, frozenset({HERE, THERE}))
        await knows(first, second)
        await merge(trust, twice, survivor)
        await knows(both, both)
        await split(trust, twice, survivor)
        await knows(first, second)


async def entry(trust: Trust, at: dict[str, Any]) -> dict[str, Any]:
    """Somebody's entry in the register, with one engagement."""
    who = person()
    await trust.does("talent", "/persons", who)
    await trust.does("talent", f"/persons/{who['person_id']}/engagements", at)
    return who


async def test_headships_come_with_a_merger_and_go_back_with_the_split(trust: Trust) -> None:
    leader, head = await entry(trust, engagement(THERE)), await entry(trust, engagement(HERE, role="headteacher"))
    nle = {"designation_id": str(uuid4()), "trustuid": TRUST, "scheme": "nle", "awarding_body": "National College"}
    historic = {**nle, "person_id": leader["person_id"], "from_on": str(LAST_MONTH), "historic": True}
    await trust.does("talent", "/designations", historic)

    async def recognised(*schools: str) -> None:
        async def are() -> bool:
            history = await trust.happened("talent", f"designations-{leader['person_id']}")
            return [name for name in history if name.startswith("National")] == list(schools)

        await until(are)

    await merge(trust, head, leader)
    await recognised("NationalSupportSchoolRecognised")
    await split(trust, head, leader)
    await recognised("NationalSupportSchoolRecognised", "NationalSupportSchoolEnded")


async def test_who_has_only_an_engagement_that_goes_back_has_left(trust: Trust) -> None:
    leader, other = await entry(trust, engagement(HERE)), await entry(trust, engagement(THERE))
    [_, (_, works)] = await trust.history("talent", f"person-{leader['person_id']}")
    by = await trust.employs("headteacher")
    nomination = {"person_id": leader["person_id"], "identified_by": by, "source": "nomination", "ambition": "headship"}
    await trust.does("talent", "/leaders", nomination)
    await merge(trust, other, leader)
    ends = f"/persons/{leader['person_id']}/engagements/{works['engagement_id']}/end"
    await trust.does("talent", ends, {"ended_on": str(LAST_MONTH)})

    await split(trust, other, leader)

    async def is_closed() -> bool:
        return "LeaderRecordClosed" in await trust.happened("talent", f"leader-{leader['person_id']}")

    await until(is_closed)


# A school's trajectory


async def test_a_schools_trajectory_is_judged_and_followed_by_another_judgement(trust: Trust) -> None:
    assessor = await trust.employs("director_of_education", urn=THERE)
    judged = {"trustuid": TRUST, "trajectory": "declining", "basis": "Reading fell twice.", "assessed_by": assessor}
    path = f"/schools/{HERE}/trajectory"

    await trust.does("talent", path, {**judged, "assessed_on": str(LAST_MONTH)})
    await trust.does("talent", path, {**judged, "assessed_on": str(LAST_MONTH)})
    await trust.does("talent", path, {**judged, "trajectory": "improving", "assessed_on": str(TODAY)})

    found = [data for _, data in await trust.history("talent", f"trajectory-{TRUST}-{HERE}")]
    assert [(data["trajectory"], data["assessed_on"]) for data in found][-2:] == [
        ("declining", str(LAST_MONTH)),
        ("improving", str(TODAY)),
    ]


# What is refused


async def test_the_api_says_that_a_reference_may_stand_in_a_persons_place(trust: Trust) -> None:
    response = await trust.writers["talent"].client.get("/openapi.json")

    assert response.status_code == httpx.codes.OK
    asked = response.json()["paths"]["/persons/{person_id}/line-manager"]["post"]
    named = asked["requestBody"]["content"]["application/json"]["schema"]["properties"]["manager_id"]["anyOf"]
    assert [form.get("format") or form["required"] for form in named] == ["uuid", ["source", "staff_ref"]]
    in_path = next(parameter["schema"]["anyOf"] for parameter in asked["parameters"] if parameter["in"] == "path")
    assert [form.get("format") or form["pattern"].partition(":")[1] for form in in_path] == ["uuid", ":"]
