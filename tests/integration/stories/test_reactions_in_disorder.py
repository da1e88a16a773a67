"""What facts cause when nothing goes as it should: a service is down meanwhile, and all is heard once more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from services.cpd.reactions.needs import need_id_of
from services.cpd.reactions.scheduling import session_id_of
from services.talent.domain.academic_year import academic_year_of
from services.talent.domain.deployment import deployments_stream
from shared.consumer import from_the_beginning
from tests.integration.stories.conftest import HERE, THERE, TODAY, Service, Trust, Writer
from tests.integration.stories.leading import assessment, nominated
from tests.integration.stories.participants import Participant, ago
from tests.integration.stories.reacting import assessed, comes, gives_time_of, is_refused
from tests.integration.stories.reviewing import moderation
from tests.stack import Stack
from tests.support.writer import COLLABORATION, CPD, TALENT, TRUST, Place, inside, joining, place, registering, until

pytestmark = pytest.mark.timeout(300)

SERVICES: tuple[Service, ...] = ("talent", "cpd", "collaboration")
HEARS: Mapping[Service, Sequence[Service]] = {"collaboration": ("talent", "collaboration")}  # the others hear all


@dataclass(frozen=True, slots=True)
class Places:
    """Where the three services run while a test lets them."""

    by_name: Mapping[Service, Place]

    @asynccontextmanager
    async def running(self, *services: Service) -> AsyncIterator[Trust]:
        """These services, or all three."""
        async with AsyncExitStack() as opened:
            doors = {
                name: await opened.enter_async_context(inside(self.by_name[name])) for name in services or SERVICES
            }
            yield Trust({name: Writer(self.by_name[name], door) for name, door in doors.items()})

    async def hears_all_again(self, service: Service) -> None:
        """A service that is down will hear everything from the beginning, and know nothing of having heard it."""
        owner = await asyncpg.connect(self.by_name[service].owner_dsn, timeout=10)
        try:
            for of in SERVICES:
                await owner.execute(from_the_beginning("views", of))
        finally:
            await owner.close()

    async def length(self, service: Service) -> int:
        """How many events a service has recorded."""
        found: int = await self.by_name[service].fetchval("select count(*) from event")
        return found

    async def has_heard_all(self, service: Service) -> None:
        """Wait until a service has heard of every stream that there is, to its end, and nothing is to be done."""

        async def done() -> bool:
            ends = {
                (of, row["stream"]): row["version"]
                for of in HEARS.get(service, SERVICES)
                for row in await self._rows(of, "select stream, max(version) as version from event group by 1")
            }
            heard = await self._rows(
                service, "select service, stream, version from stream_head where consumer = 'views'"
            )
            due = await self._rows(service, "select from fact_due")
            return not due and {(row["service"], row["stream"]): row["version"] for row in heard} == ends

        await until(done, seconds=60)

    async def _rows(self, service: Service, query: str) -> list[asyncpg.Record]:
        owner = await asyncpg.connect(self.by_name[service].owner_dsn, timeout=10)
        try:
            rows: list[asyncpg.Record] = await owner.fetch(query)
            return rows
        finally:
            await owner.close()


@pytest.fixture(scope="module")
async def places(stack: Stack, roles: Mapping[str, str]) -> AsyncIterator[Places]:
    """Three services with one Kafka, and a trust with two schools in the register."""
    async with (
        place(stack, TALENT) as talent,
        place(stack, CPD, beside=talent) as cpd,
        place(stack, COLLABORATION, beside=talent) as collaboration,
    ):
        made = Places({"talent": talent, "cpd": cpd, "collaboration": collaboration})
        async with made.running() as trust:
            await trust.does("talent", "/trusts", registering())
            for urn in (HERE, THERE):
                await trust.does("talent", "/schools", joining(urn))
                await trust.heard_by_all(f"school-{TRUST}-{urn}", 1)
        yield made


async def test_what_happens_while_the_others_are_down_has_its_effects_when_they_are_back(places: Places) -> None:
    """Each service in turn tells what others have to do something about, who are not there to hear it."""
    planned, last_day = moderation(), TODAY - timedelta(days=1)
    async with places.running() as all_three:
        leader, _ = await nominated(all_three)
        deputy = Participant(all_three, leader)
        await deputy.enrols()
        await deputy.completes()
        assessors = [await all_three.employs("headteacher", urn=urn) for urn in (HERE, THERE)]
    async with places.running("cpd") as cpd:
        await replace(deputy, trust=cpd).does("outcome", outcome="passed", outcome_on=ago(9))
    async with places.running("collaboration") as collaboration:
        await collaboration.does("collaboration", "/moderations", planned)
        await gives_time_of(collaboration, leader, 2, from_on=str(last_day), to_on=str(last_day))
    async with places.running("talent") as talent:
        said = assessment(*assessors)
        await talent.does("talent", f"/leaders/{leader}/readiness", said)

    async with places.running() as all_three:
        await comes(all_three, "talent", f"experience-{leader}-{deputy.enrolment_id}", "ExperienceGained")
        deployments = deployments_stream(UUID(leader), academic_year_of(last_day))
        await comes(all_three, "talent", deployments, "DeploymentProposed")
        session = f"session-{session_id_of(UUID(planned['moderation_id']))}"
        await comes(all_three, "cpd", session, "SessionScheduled")
        need = f"development-need-{need_id_of(UUID(said['assessment_id']))}"
        await comes(all_three, "cpd", need, "DevelopmentNeedRecorded")


async def test_all_that_is_heard_once_more_changes_nothing(places: Places) -> None:
    """Effects and refusals alike: every service hears every fact again, and does not know that it did."""
    planned = moderation()
    async with places.running() as trust:
        leader, _ = await nominated(trust)
        nobody = await trust.employs()
        passing, in_vain = Participant(trust, leader), Participant(trust, nobody)
        for deputy in (passing, in_vain):
            await deputy.enrols()
            await deputy.completes()
            await deputy.does("outcome", outcome="passed", outcome_on=ago(9))
        await is_refused(trust, "talent", f"experience-{nobody}-{in_vain.enrolment_id}", "leader_not_active")
        await trust.does("collaboration", "/moderations", planned)
        said = await assessed(trust, leader)
        await gives_time_of(trust, nobody, 2, from_on=ago(1), to_on=ago(1))
        for service in SERVICES:
            await places.has_heard_all(service)
    before = {service: await places.length(service) for service in SERVICES}
    for service in SERVICES:
        await places.hears_all_again(service)

    async with places.running() as trust:
        for service in SERVICES:
            await places.has_heard_all(service)
        await is_refused(trust, "talent", f"experience-{nobody}-{in_vain.enrolment_id}", "leader_not_active")
        need = f"development-need-{need_id_of(UUID(said['assessment_id']))}"
        await comes(trust, "cpd", need, "DevelopmentNeedRecorded")

    assert {service: await places.length(service) for service in SERVICES} == before
