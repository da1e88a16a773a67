"""How every refusal about people, their engagements, their staff references and their mergers is provoked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.integration.stories.provoking import Provoke
from tests.support.writer import person

_START = TODAY - timedelta(days=1000)
_LATER = _START + timedelta(days=100)


@dataclass(frozen=True, slots=True)
class _Somebody:
    """Somebody in the register, and their engagement at a school, if it was recorded."""

    trust: Trust
    fields: Mapping[str, Any] = field(default_factory=person)
    engagement_id: str = field(default_factory=lambda: str(uuid4()))

    @property
    def id(self) -> str:
        return str(self.fields["person_id"])

    @property
    def engagements(self) -> str:
        return f"/persons/{self.id}/engagements"

    def engagement(self, **more: Any) -> dict[str, Any]:
        fields = {"engagement_id": self.engagement_id, "urn": HERE, "kind": "permanent", "role": "teacher"}
        return {**fields, "fte_hundredths": 100, "started_on": str(_START), **more}

    async def says(self, what: str, day: str, on: Any, *, school: str | None = None, **more: Any) -> None:
        await self.trust.does(
            "talent", f"{self.engagements}/{self.engagement_id}/{what}", {day: str(on), **more}, school=school
        )

    async def cannot(self, what: str, day: str, on: Any, *, school: str | None = None, **more: Any) -> str:
        return await self.trust.cannot(
            "talent", f"{self.engagements}/{self.engagement_id}/{what}", {day: str(on), **more}, school=school
        )

    async def cannot_start(self, **more: Any) -> str:
        return await self.trust.cannot("talent", self.engagements, self.engagement(**more))

    async def cannot_merge(self, into: _Somebody) -> str:
        body = {"into_person_id": into.id, "reason": "duplicate"}
        return await self.trust.cannot("talent", f"/persons/{self.id}/merge", body)

    async def merged(self, into: _Somebody) -> _Somebody:
        body = {"into_person_id": into.id, "reason": "duplicate"}
        await self.trust.does("talent", f"/persons/{self.id}/merge", body)
        return self


async def _registered(trust: Trust) -> _Somebody:
    made = _Somebody(trust)
    await trust.does("talent", "/persons", made.fields)
    return made


async def _engaged(trust: Trust) -> _Somebody:
    made = await _registered(trust)
    await trust.does("talent", made.engagements, made.engagement())
    return made


async def _person_exists(trust: Trust) -> str:
    known = await _registered(trust)
    return await trust.cannot("talent", "/persons", person(known.id))


async def _person_unknown(trust: Trust) -> str:
    return await _Somebody(trust).cannot_start()


async def _nothing_to_correct(trust: Trust) -> str:
    return await trust.cannot("talent", f"/persons/{(await _registered(trust)).id}/correct", _correction())


async def _given_and_removed(trust: Trust) -> str:
    both = _correction(email="ada@school.example", removed=["email"])
    return await trust.cannot("talent", f"/persons/{(await _registered(trust)).id}/correct", both)


def _correction(**more: Any) -> dict[str, Any]:
    return {"correction_id": str(uuid4()), **more}


async def _person_merged(trust: Trust) -> str:
    twice = await (await _registered(trust)).merged(await _registered(trust))
    return await twice.cannot_start()


async def _staff_reference_taken(trust: Trust) -> str:
    known = await _registered(trust)
    return await trust.cannot("talent", "/persons", person(staff_ref=known.fields["staff_ref"]))


async def _manages_self(trust: Trust) -> str:
    alone = await _registered(trust)
    body = {"manager_id": alone.id, "from_on": str(_START)}
    return await trust.cannot("talent", f"/persons/{alone.id}/line-manager", body)


async def _not_your_school(trust: Trust) -> str:
    return await (await _engaged(trust)).cannot("end", "ended_on", _LATER, school=THERE)


async def _engagement_unknown(trust: Trust) -> str:
    return await (await _registered(trust)).cannot("end", "ended_on", _LATER)


async def _engagement_exists(trust: Trust) -> str:
    return await (await _engaged(trust)).cannot_start(role="head_of_year")


async def _fte_above_full_time(trust: Trust) -> str:
    return await (await _registered(trust)).cannot_start(fte_hundredths=101)


async def _fte_missing(trust: Trust) -> str:
    return await (await _registered(trust)).cannot_start(fte_hundredths=0)


async def _engagement_already_ended(trust: Trust) -> str:
    gone = await _engaged(trust)
    await gone.says("end", "ended_on", _LATER)
    return await gone.cannot("end", "ended_on", TODAY)


async def _engagement_ends_before_it_starts(trust: Trust) -> str:
    return await (await _engaged(trust)).cannot("end", "ended_on", _START - timedelta(days=1))


async def _engagement_not_running(trust: Trust) -> str:
    gone = await _engaged(trust)
    await gone.says("end", "ended_on", _LATER)
    return await gone.cannot("pause", "from_on", TODAY)


async def _engagement_paused(trust: Trust) -> str:
    away = await _engaged(trust)
    await away.says("pause", "from_on", _LATER)
    return await away.cannot("pause", "from_on", TODAY)


async def _engagement_not_paused(trust: Trust) -> str:
    return await (await _engaged(trust)).cannot("resume", "from_on", _LATER)


async def _engagement_out_of_order(trust: Trust) -> str:
    away = await _engaged(trust)
    await away.says("pause", "from_on", _LATER)
    return await away.cannot("resume", "from_on", _START)


async def _merged_into_itself(trust: Trust) -> str:
    alone = await _registered(trust)
    return await alone.cannot_merge(alone)


async def _leader_record_active(trust: Trust) -> str:
    leader = await _registered(trust)
    by = await trust.employs("headteacher")
    fields = {"person_id": leader.id, "identified_by": by, "source": "appraisal", "ambition": "headship"}
    await trust.does("talent", "/leaders", fields)
    return await leader.cannot_merge(await _registered(trust))


async def _not_merged(trust: Trust) -> str:
    alone, other = await _registered(trust), await _registered(trust)
    body = {"from_person_id": other.id, "reason": "two_people"}
    return await trust.cannot("talent", f"/persons/{alone.id}/split", body)


provoked: Mapping[str, Provoke] = {
    "nothing_to_correct": _nothing_to_correct,
    "given_and_removed": _given_and_removed,
    "person_exists": _person_exists,
    "person_unknown": _person_unknown,
    "person_merged": _person_merged,
    "staff_reference_taken": _staff_reference_taken,
    "manages_self": _manages_self,
    "not_your_school": _not_your_school,
    "engagement_unknown": _engagement_unknown,
    "engagement_exists": _engagement_exists,
    "fte_above_full_time": _fte_above_full_time,
    "fte_missing": _fte_missing,
    "engagement_already_ended": _engagement_already_ended,
    "engagement_ends_before_it_starts": _engagement_ends_before_it_starts,
    "engagement_not_running": _engagement_not_running,
    "engagement_paused": _engagement_paused,
    "engagement_not_paused": _engagement_not_paused,
    "engagement_out_of_order": _engagement_out_of_order,
    "merged_into_itself": _merged_into_itself,
    "leader_record_active": _leader_record_active,
    "not_merged": _not_merged,
}
