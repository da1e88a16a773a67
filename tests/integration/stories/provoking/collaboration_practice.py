"""How each refusal about templates of practice and research groups is provoked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import HERE, THERE, Trust
from tests.integration.stories.practising import adoption, forms, group, insight, shares, template
from tests.integration.stories.provoking import Provoke
from tests.integration.stories.reviewing import A_MONTH_AGO, LAST_WEEK, TOMORROW


async def trust_only(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/practice-templates", template(), school=HERE)


async def template_exists(trust: Trust) -> str:
    theirs = template(HERE, template_id=await shares(trust))
    return await trust.cannot("collaboration", "/practice-templates", theirs, school=HERE)


async def version_superseded(trust: Trust) -> str:
    first = template()
    for fields in (first, {**first, "summary": "Twenty minutes, on four pupils."}):
        await trust.does("collaboration", "/practice-templates", fields)
    return await trust.cannot("collaboration", "/practice-templates", first)


async def template_unknown(trust: Trust) -> str:
    return await _cannot_adopt(trust, str(uuid4()))


async def version_unknown(trust: Trust) -> str:
    return await _cannot_adopt(trust, await shares(trust), version=2)


async def version_already_adopted(trust: Trust) -> str:
    template_id = await shares(trust)
    await trust.does("collaboration", f"/practice-templates/{template_id}/adopt", adoption(HERE))
    return await _cannot_adopt(trust, template_id, adopted_on=LAST_WEEK)


async def adopted_before_shared(trust: Trust) -> str:
    return await _cannot_adopt(trust, await shares(trust), adopted_on=A_MONTH_AGO)


async def in_the_future(trust: Trust) -> str:
    return await _cannot_adopt(trust, await shares(trust), adopted_on=TOMORROW)


async def school_not_member(trust: Trust) -> str:
    return await trust.cannot("collaboration", "/practice-templates", template("900077"))


async def group_exists(trust: Trust) -> str:
    people = [await trust.employs() for _ in range(2)]
    formed = group(people)
    await trust.does("collaboration", "/research-groups", formed)
    return await trust.cannot("collaboration", "/research-groups", {**formed, "question": "What helps girls to read?"})


async def member_named_twice(trust: Trust) -> str:
    person_id = await trust.employs()
    return await trust.cannot("collaboration", "/research-groups", group([person_id, person_id]))


async def school_named_twice(trust: Trust) -> str:
    people = [await trust.employs() for _ in range(2)]
    return await trust.cannot("collaboration", "/research-groups", group(people, urns=[HERE, HERE]))


async def group_unknown(trust: Trust) -> str:
    return await trust.cannot("collaboration", f"/research-groups/{uuid4()}/findings", insight())


async def not_your_school(trust: Trust) -> str:
    group_id = await forms(trust, urns=[HERE])
    return await trust.cannot("collaboration", f"/research-groups/{group_id}/findings", insight(), school=THERE)


async def finding_exists(trust: Trust) -> str:
    path, found = f"/research-groups/{await forms(trust)}/findings", insight()
    await trust.does("collaboration", path, found)
    return await trust.cannot("collaboration", path, {**found, "finding": "Reading it aloud."})


async def shared_before_formed(trust: Trust) -> str:
    early = insight(shared_on=A_MONTH_AGO)
    return await trust.cannot("collaboration", f"/research-groups/{await forms(trust)}/findings", early)


async def _cannot_adopt(trust: Trust, template_id: str, **more: Any) -> str:
    return await trust.cannot("collaboration", f"/practice-templates/{template_id}/adopt", adoption(HERE, **more))


provoked: Mapping[str, Provoke] = {
    provoke.__name__: provoke
    for provoke in (
        trust_only,
        template_exists,
        version_superseded,
        template_unknown,
        version_unknown,
        version_already_adopted,
        adopted_before_shared,
        in_the_future,
        school_not_member,
        group_exists,
        member_named_twice,
        school_named_twice,
        group_unknown,
        not_your_school,
        finding_exists,
        shared_before_formed,
    )
}
