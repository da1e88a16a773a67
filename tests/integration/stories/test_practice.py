"""The stories of what travels between schools: templates of best practice, and what research groups find out."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import httpx

from tests.integration.stories.conftest import HERE, OTHER_TRUST, THERE, TODAY, Trust
from tests.integration.stories.practising import adoption, forms, group, insight, shares, template
from tests.integration.stories.reviewing import YESTERDAY

CLIENTS = 32


async def test_a_school_shares_a_template_and_another_works_by_it_and_by_its_next_version(trust: Trust) -> None:
    """S0e."""
    first = template(HERE)
    path = f"/practice-templates/{first['template_id']}/adopt"

    await trust.does("collaboration", "/practice-templates", first, school=HERE)
    await trust.does("collaboration", path, adoption(THERE), school=THERE)
    second = {**first, "summary": "Twenty minutes, on four pupils.", "shared_on": YESTERDAY}
    for _ in range(2):
        await trust.does("collaboration", "/practice-templates", second, school=HERE)
    await trust.does("collaboration", path, adoption(THERE, version=2, adopted_on=str(TODAY)), school=THERE)

    history = await trust.history("collaboration", f"practice-template-{first['template_id']}")
    assert [(name, data["version"]) for name, data in history] == [
        ("PracticeTemplateShared", 1),
        ("PracticeTemplateAdopted", 1),
        ("PracticeTemplateShared", 2),
        ("PracticeTemplateAdopted", 2),
    ]
    assert await trust.cannot("collaboration", path, adoption(THERE), school=THERE) == "version_already_adopted"


async def test_the_trust_offers_a_template_and_each_school_aligns_or_leaves_it(trust: Trust) -> None:
    """S0e: what to align and what to leave is for each school to say, for itself."""
    template_id = await shares(trust)
    path = f"/practice-templates/{template_id}/adopt"

    await trust.does("collaboration", path, adoption(HERE), school=HERE)
    assert await trust.cannot("collaboration", path, adoption(THERE), school=HERE) == "not_your_school"

    (_, shared), *adopted = await trust.history("collaboration", f"practice-template-{template_id}")
    assert "urn" not in shared
    assert [data["urn"] for _, data in adopted] == [HERE]


async def test_a_template_stays_with_whoever_shared_it_first(trust: Trust) -> None:
    first = template(HERE)
    await trust.does("collaboration", "/practice-templates", first, school=HERE)

    taken_over = {**first, "urn": THERE, "summary": "Ours now."}
    assert await trust.cannot("collaboration", "/practice-templates", taken_over, school=THERE) == "template_exists"
    nobodys = {**first, "urn": None, "summary": "The trust's now."}
    assert await trust.cannot("collaboration", "/practice-templates", nobodys, school=HERE) == "trust_only"
    assert await trust.cannot("collaboration", "/practice-templates", nobodys) == "template_exists"


async def test_thirty_two_versions_shared_at_once_are_counted_without_a_gap(trust: Trust) -> None:
    first = template()

    answers = await asyncio.gather(
        *(
            trust.command("collaboration", "/practice-templates", {**first, "summary": f"Version of {number}."})
            for number in range(CLIENTS)
        )
    )

    assert {answer.status_code for answer in answers} == {httpx.codes.CREATED}
    history = await trust.history("collaboration", f"practice-template-{first['template_id']}")
    assert [data["version"] for _, data in history] == [*range(1, CLIENTS + 1)]


async def test_a_school_that_adopts_many_versions_at_once_never_goes_back(trust: Trust) -> None:
    first = template()
    for number in range(8):
        await trust.does("collaboration", "/practice-templates", {**first, "summary": f"Version {number}."})

    await asyncio.gather(
        *(
            trust.command(
                "collaboration",
                f"/practice-templates/{first['template_id']}/adopt",
                adoption(HERE, version=1 + number % 8),
            )
            for number in range(CLIENTS)
        )
    )

    history = await trust.history("collaboration", f"practice-template-{first['template_id']}")
    adopted = [data["version"] for name, data in history if name == "PracticeTemplateAdopted"]
    assert adopted == sorted(set(adopted))
    assert adopted[-1] == 8


async def test_people_of_several_schools_research_a_question_and_all_read_the_answer(trust: Trust) -> None:
    """S0e."""
    people = [await trust.employs(urn=urn) for urn in (HERE, THERE)]
    formed, found = group(people), insight()
    path = f"/research-groups/{formed['group_id']}/findings"

    await trust.does("collaboration", "/research-groups", formed)
    for _ in range(2):
        await trust.does("collaboration", path, found, school=THERE)

    assert await trust.history("collaboration", f"research-group-{formed['group_id']}") == [
        ("ResearchGroupFormed", formed),
        ("ResearchFindingShared", {"group_id": formed["group_id"], **found}),
    ]


async def test_a_school_forms_a_group_of_its_own_and_others_do_not_speak_for_it(trust: Trust) -> None:
    group_id = await forms(trust, school=HERE, urns=[HERE])

    code = await trust.cannot("collaboration", f"/research-groups/{group_id}/findings", insight(), school=THERE)
    assert code == "not_your_school"
    people = [await trust.employs() for _ in range(2)]
    assert await trust.cannot("collaboration", "/research-groups", group(people), school=HERE) == "not_your_school"


async def test_members_are_of_the_trust_and_so_are_the_schools(trust: Trust) -> None:
    ours = await trust.employs()
    with_a_stranger = group([ours, await trust.stranger()])
    at_another_school = group([ours, await trust.employs()], urns=[HERE, "900077"])

    assert await trust.cannot("collaboration", "/research-groups", with_a_stranger) == "person_unknown"
    assert await trust.cannot("collaboration", "/research-groups", at_another_school) == "school_not_member"


async def test_another_trust_knows_nothing_of_this_ones_templates_and_groups(trust: Trust) -> None:
    template_id, group_id = await shares(trust), await forms(trust)
    theirs = {**template(), "template_id": template_id, "trustuid": OTHER_TRUST}

    for path, body, code in (
        ("/practice-templates", theirs, "not_your_trust"),
        (f"/research-groups/{group_id}/findings", insight(), "group_unknown"),
    ):
        writer = trust.writers["collaboration"]
        token = writer.place.token("trust_leader", trust=OTHER_TRUST)
        headers = {"authorization": f"Bearer {token}", "idempotency-key": str(uuid4())}
        response = await writer.client.post(path, json=body, headers=headers)
        assert response.json()["code"] == code


async def test_a_schools_system_says_the_same_as_events(trust: Trust) -> None:
    shared = template(HERE)
    adopted = {"template_id": shared["template_id"], **adoption(THERE)}

    of_here = await trust.claims("collaboration", "PracticeTemplateShared", shared, school=HERE)
    of_there = await trust.claims("collaboration", "PracticeTemplateAdopted", adopted, school=THERE)

    assert (of_here["outcome"], of_there["outcome"]) == ("accepted", "accepted")
