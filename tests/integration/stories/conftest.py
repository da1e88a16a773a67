"""A trust whose three writers really run, beside each other, for the stories of this folder."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal
from uuid import uuid4

import httpx
import pytest

from tests.stack import Stack
from tests.support.writer import (
    COLLABORATION,
    CPD,
    TALENT,
    Place,
    claim,
    inside,
    joining,
    person,
    place,
    registering,
    until,
)

TODAY = date.today()  # noqa: DTZ011  the services' clock is the real one
HERE, THERE = "900001", "900002"
OTHER_TRUST = "99002"
Service = Literal["talent", "cpd", "collaboration"]
LISTENERS: frozenset[Service] = frozenset({"cpd", "collaboration"})  # to the register


@dataclass(frozen=True, slots=True)
class Writer:
    """One service, and its door."""

    place: Place
    client: httpx.AsyncClient


@dataclass(frozen=True, slots=True)
class Trust:
    """A trust with two schools, which speaks to its services through their doors."""

    writers: Mapping[Service, Writer]

    async def command(
        self, service: Service, path: str, body: Mapping[str, Any], *, school: str | None = None, key: str = ""
    ) -> httpx.Response:
        """A typed command, by the trust's people officer or by a school."""
        headers = {"authorization": f"Bearer {self._token(service, school)}", "idempotency-key": key or str(uuid4())}
        return await self.writers[service].client.post(path, json=dict(body), headers=headers)

    async def does(self, service: Service, path: str, body: Mapping[str, Any], *, school: str | None = None) -> None:
        """A command that is accepted."""
        response = await self.command(service, path, body, school=school)
        assert response.status_code == httpx.codes.CREATED, response.text

    async def cannot(self, service: Service, path: str, body: Mapping[str, Any], *, school: str | None = None) -> str:
        """A command that is refused; its code."""
        response = await self.command(service, path, body, school=school)
        assert response.status_code in {httpx.codes.FORBIDDEN, httpx.codes.UNPROCESSABLE_ENTITY}, response.text
        code: str = response.json()["code"]
        return code

    async def claims(
        self, service: Service, type: str, data: Mapping[str, Any], *, school: str | None = None
    ) -> dict[str, Any]:
        """A school's system (or the trust's) says that something happened; the receipt's data."""
        response = await self.writers[service].client.post(
            "/events",
            content=json.dumps(claim(type, data, service=service)),
            headers={
                "authorization": f"Bearer {self._token(service, school)}",
                "content-type": "application/cloudevents+json",
            },
        )
        found: dict[str, Any] = response.json()
        return found

    async def history(self, service: Service, stream: str) -> list[tuple[str, dict[str, Any]]]:
        """A stream's events, oldest first: the class's name and the data."""
        rows: list[str] = await self.writers[service].place.fetchval(
            """select coalesce(array_agg(convert_from(meta, 'utf8') || chr(10) || convert_from(record, 'utf8')
                                         order by version), '{}') from event where stream = $1""",
            stream,
        )
        parts = [tuple(map(json.loads, row.split("\n", 1))) for row in rows]
        return [(meta["type"].split(".")[3], data) for meta, data in parts]

    async def happened(self, service: Service, stream: str) -> list[str]:
        """The names of a stream's events, oldest first."""
        return [name for name, _ in await self.history(service, stream)]

    async def employs(self, role: str = "teacher", *, urn: str | None = HERE, years: int = 3, **more: Any) -> str:
        """Somebody is in the register and works at a school; their id."""
        fields = person(staff_ref=f"S{uuid4().hex[:12]}")
        await self.does("talent", "/persons", fields)
        engagement = {
            "engagement_id": str(uuid4()),
            "urn": urn,
            "kind": "permanent",
            "role": role,
            "fte_hundredths": 100,
            "started_on": str(TODAY - timedelta(days=365 * years)),
            **more,
        }
        await self.does("talent", f"/persons/{fields['person_id']}/engagements", engagement)
        await self.heard_by_all(f"person-{fields['person_id']}", 2)
        return str(fields["person_id"])

    async def staff(self, count: int, *, urn: str = HERE) -> list[str]:
        """So many people start to work at a school at once; their ids."""
        people = [person(staff_ref=f"S{uuid4().hex[:12]}") for _ in range(count)]
        engaged = {
            "urn": urn,
            "kind": "permanent",
            "role": "teacher",
            "fte_hundredths": 100,
            "started_on": "2020-09-01",
        }
        for type, said in (
            ("PersonRegistered", people),
            (
                "EngagementStarted",
                [{"person_id": p["person_id"], "engagement_id": str(uuid4()), **engaged} for p in people],
            ),
        ):
            assert await self.claim_all("talent", type, said) == ["accepted"] * count
        for fields in people:
            await self.heard_by_all(f"person-{fields['person_id']}", 2)
        return [fields["person_id"] for fields in people]

    async def stranger(self) -> str:
        """Somebody in the register of another trust; their id."""
        fields = person(trustuid=OTHER_TRUST, staff_ref=f"S{uuid4().hex[:12]}")
        talent = self.writers["talent"]
        token = talent.place.token("trust_leader", trust=OTHER_TRUST)
        headers = {"authorization": f"Bearer {token}", "idempotency-key": str(uuid4())}
        response = await talent.client.post("/persons", json=fields, headers=headers)
        assert response.status_code == httpx.codes.CREATED, response.text
        await self.heard_by_all(f"person-{fields['person_id']}", 1)
        return str(fields["person_id"])

    async def claim_all(
        self, service: Service, type: str, said: Sequence[Mapping[str, Any]], *, school: str | None = None
    ) -> list[str]:
        """The same kind of thing, said of many in one batch; how each was answered."""
        response = await self.writers[service].client.post(
            "/events",
            content=json.dumps([claim(type, data, service=service) for data in said]),
            headers={
                "authorization": f"Bearer {self._token(service, school)}",
                "content-type": "application/cloudevents-batch+json",
            },
        )
        return [receipt["outcome"] for receipt in response.json()]

    async def heard_by_all(self, stream: str, version: int) -> None:
        """Wait until all others that run have heard of one of talent's streams up to a version."""
        for service in self.writers.keys() & LISTENERS:
            await self.heard(service, stream, version)

    async def heard(self, service: Service, stream: str, version: int) -> None:
        """Wait until a service has heard of one of talent's streams up to a version."""

        async def has_heard() -> bool:
            head: int | None = await self.writers[service].place.fetchval(
                "select version from stream_head where consumer = 'views' and stream = $1", stream
            )
            return head is not None and head >= version

        await until(has_heard)

    def _token(self, service: Service, school: str | None) -> str:
        where = self.writers[service].place
        return where.token("school_system", urns=(school,)) if school else where.token("trust_leader")


@pytest.fixture(scope="package")  # counters are a process's: it is gone before others count
async def trust(stack: Stack, roles: Mapping[str, str]) -> AsyncIterator[Trust]:
    """The trust, its two schools in the register, and all have heard of both."""
    async with (
        place(stack, TALENT) as talent,
        place(stack, CPD, beside=talent) as cpd,
        place(stack, COLLABORATION, beside=talent) as collaboration,
        inside(talent) as talent_door,
        inside(cpd) as cpd_door,
        inside(collaboration) as collaboration_door,
    ):
        made = Trust(
            {
                "talent": Writer(talent, talent_door),
                "cpd": Writer(cpd, cpd_door),
                "collaboration": Writer(collaboration, collaboration_door),
            }
        )
        await made.does("talent", "/trusts", registering())
        for urn in (HERE, THERE):
            await made.does("talent", "/schools", joining(urn))

        for listener in LISTENERS:

            async def knows_them(at: Place = made.writers[listener].place) -> bool:
                known: int = await at.fetchval("select count(*) from school")
                return known == 2

            await until(knows_them)
        yield made
