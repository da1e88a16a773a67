"""The story of somebody who is erased while many write about them, in a whole trust: what there was, what is left."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import httpx

from deploy.exporting.exporting import Format, export
from deploy.exporting.history import Filter
from deploy.tokens import service_token
from services.collaboration.domain.answer import answer_stream
from services.collaboration.domain.capacity_offer import capacity_offer_stream
from services.collaboration.domain.one_to_one import one_to_one_stream
from services.cpd.domain.participation import participation_stream
from services.reporting.signing_in.sessions import Person, Sessions
from services.reporting.web.site import COOKIE
from services.talent.domain.experience import experience_stream
from services.talent.domain.personal_data import DecideErasure
from shared.contracts import codec, collaboration, cpd, talent
from shared.contracts.collaboration.capacity import CapacityAllocated, CapacityOffered
from shared.contracts.collaboration.loop import TrustResponseGiven
from shared.contracts.collaboration.one_to_ones import OneToOneHeld, OneToOneScheduled
from shared.contracts.cpd.programmes import PlaceBooked, ReflectionShared
from shared.contracts.talent.leaders import ExperienceGained
from shared.identity import Principal
from tests.support.form_filling import fill
from tests.support.planted import EMAIL, NAME, at_rest, given_out, is_in, to_school
from tests.support.process import facts, opened
from tests.support.receiver import Receiver
from tests.support.whole_trust import WRITERS, WholeTrust
from tests.support.writer import TRUST, claim, joining, person, registering, until
from verifier.files import verify_export
from verifier.history import Report

TODAY = datetime.now(ZoneInfo("Europe/London")).date()
HERE = "900001"
OTHERS = "Our reading adviser comes on Tuesdays."
AT_ONCE = 50
DAYS_AGO = itertools.count()
BROWSER = {"sec-fetch-site": "same-origin"}
WEBHOOK = "insert into webhook (id, urn, url) values ($1, $2, $3)"
FORMATS: tuple[Format, ...] = ("jsonl", "parquet")


class Interrupted(Exception):
    """The power goes."""


@dataclass(slots=True)
class Erased:
    """Who was erased, in what trust, and what was kept of the time before.

    Attributes:
        leader, auditor: browsers in which these are signed in.
        claims: what was ever said about them, by the ids that it was said under.
        answers: how the fifty were answered, and how often.
        exports: where exports are written, and `reports` what the last one of each said while it was.
        vault: a backup of it.
        told, told_at_once: what pages told about them by address, before and just when every service had said so.
        notes, before: the logs' checkpoints, and what the verifier said of the export by them.
        then: when they were not erased yet, as an address says it.
        void: an event whose text has their name.
    """

    trust: WholeTrust
    hook: Receiver
    exports: Path
    somebody: Mapping[str, Any] = field(default_factory=lambda: person(name=NAME, email=EMAIL))
    other: Mapping[str, Any] = field(default_factory=lambda: person(name="Ada Other"))
    erasure_id: UUID = field(default_factory=uuid4)
    claims: dict[str, str] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    vault: bytes = b""
    reports: list[str] = field(default_factory=list)
    told: Mapping[str, str] = field(default_factory=dict)
    told_at_once: Mapping[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    before: Report | None = None
    then: str = ""
    void: UUID = field(default_factory=uuid4)
    rests: set[str] = field(default_factory=set)
    leader: httpx.AsyncClient = field(init=False)
    auditor: httpx.AsyncClient = field(init=False)

    @property
    def person_id(self) -> str:
        return str(self.somebody["person_id"])

    async def says(self, service: str, *claims: Mapping[str, Any]) -> list[str]:
        """How claims of the trust's own system are answered: the codes, or that they are accepted."""
        self.claims |= {str(one["id"]): str(one["type"]) for one in claims}
        answer = await self.trust.doors[service].post(
            "/events",
            content=json.dumps(claims),
            headers={
                "authorization": self.trust.as_leader,
                "content-type": "application/cloudevents-batch+json",
            },
        )
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:  # fifty at once may wait for too long
            return ["unanswered"]
        assert answer.status_code == httpx.codes.OK, answer.text
        return [receipt.get("code") or receipt["outcome"] for receipt in answer.json()]

    async def writes(self) -> list[str]:
        """One claim about them at each of two services, of a day of its own."""
        on = str(TODAY - timedelta(days=next(DAYS_AGO)))  # what was said of a day before would be done already
        person_id, assessor = self.person_id, self.other["person_id"]
        assessed = {"person_id": person_id, "assessor_id": assessor, "stage": "stage_3", "pathway": "teaching"}
        holds = {"person_id": person_id, "course": "masters", "awarded_on": on}
        return [
            *await self.says("talent", claim("CareerStageAssessed", assessed | {"assessed_on": on, "evidence": NAME})),
            *await self.says("cpd", claim("QualificationHeld", holds | {"evidence": NAME}, service="cpd")),
        ]

    async def says_so(self) -> bool:
        """Whether every service has, as reporting tells it."""
        told = await self.trust.erasure(self.erasure_id)
        return told.get("waits_for") == []

    async def can_be_written_about(self) -> bool:
        return await self.writes() == ["accepted"] * 2

    async def is_heard(self) -> bool:
        """Whether reporting knows what every service has recorded."""
        heard: int = await self._of("reporting", "select count(*) from ledger")
        return bool(heard == sum([await self._of(service, "select count(*) from event") for service in WRITERS]))

    async def _of(self, service: str, asked: str) -> Any:
        async with self.trust.owning(service) as connection:
            return await connection.fetchval(asked)

    async def rests_nowhere(self) -> bool:
        self.rests = await at_rest(self.trust)
        return not self.rests

    async def exported(self, name: str, format_: Format, *, until_done: bool = True) -> Path:
        """An export of all that there is, or what is half done of it."""
        said = list[str]()

        def report(what: str, done: int = 0, total: int = 0, /) -> None:
            said.append(f"{what} {done} {total}")
            if not until_done and what.startswith("talent:"):
                raise Interrupted

        with self.trust.operated():
            out = self.exports / name
            await export(WRITERS, Filter(), format_, out, report)
        self.reports.append("\n".join(said))
        return out

    async def verified(self, out: Path) -> Report:
        """What the verifier says of an export by what was kept of the time before the erasure."""
        kept = self.exports / "checkpoints.txt"
        kept.write_text("\n".join(self.notes))
        headers = {"authorization": self.trust.as_leader}
        given = [(await self.trust.doors[one].get("/checkpoints/key", headers=headers)).text for one in WRITERS]
        return await asyncio.to_thread(verify_export, out, kept, [key.strip() for key in given])

    async def is_sealed(self) -> bool:
        """Whether every log is signed as far as it goes."""
        asked = "select max(size) = (select max(logindex) + 1 from log) from checkpoint"
        return all([await self._of(service, asked) for service in WRITERS])

    async def signed(self) -> list[str]:
        """All checkpoints that there are."""
        found = []
        for service in WRITERS:
            async with self.trust.owning(service) as connection:
                found += [row["note"] for row in await connection.fetch("select note from checkpoint order by size")]
        return found

    async def given_out(self) -> dict[str, bool]:
        """Every address that answers the trust's leader, its auditor or a service, and whether the name is given there.

        The leader is told as well what was known before they were erased.
        """
        asked = {
            "person_id": [self.person_id],
            "urn": [HERE],
            "event_id": [str(self.void), *await self._events()],
            "erasure_id": [str(self.erasure_id)],
            "code": [],
            "query": [""],
        }
        pages, claims = self.trust.apps["reporting"], [*self.claims][:5]
        few = {**asked, "model": ["history", "bench"], "name": []}
        found = await self.chosen() | await given_out(pages, self.leader, **asked)
        found |= await given_out(pages, self.leader, **{**few, "query": [f"?as_of={self.then}"]})
        found |= await given_out(pages, self.auditor, **few)
        for name, at in self.trust.writers.items():
            for proof in (self.trust.as_leader, f"Bearer {service_token(at.stack, at.service)}"):
                async with self.trust.browser(name, authorization=proof) as client:
                    answered = await given_out(self.trust.apps[name], client, **{**asked, "event_id": claims})
                    found |= {f"{name}: {address}": given for address, given in answered.items()}
        return found

    async def chosen(self) -> dict[str, bool]:
        """The same of what is told the leader at their school: forms offer those who work there, by their names."""
        asked = {"urn": [HERE], "event_id": [str(self.void)], "model": ["history"], "query": [f"?urn={HERE}"]}
        more: dict[str, list[str]] = {"person_id": [], "erasure_id": [], "code": []}
        return await given_out(self.trust.apps["reporting"], self.leader, **asked, **more)

    async def _events(self) -> list[str]:
        """One event about them of each type."""
        async with self.trust.owning("reporting") as connection:
            rows = await connection.fetch(
                "select distinct on (type) id from ledger where $1 = any(about) order by type, logindex", self.person_id
            )
        return [str(row["id"]) for row in rows]

    async def signs_in(self) -> None:
        """The trust's leader and its auditor open their browsers."""
        self.leader, self.auditor = (self.trust.browser("reporting", **BROWSER) for _ in ("leader", "auditor"))
        assert (await self.leader.post("/sign-in", data={"who": "trust"})).status_code == httpx.codes.SEE_OTHER
        who = Person(Principal("auditor-1", frozenset({"auditor"}), TRUST), "The auditor")
        async with opened(self.trust.places["reporting"]) as process:
            self.auditor.cookies[COOKIE] = await Sessions(process.resources.pool).begin(who)

    async def pages(self) -> dict[str, str]:
        """What those pages tell about them that show texts: where somebody chooses them, reads, or is shown why."""
        registered = f"select id from ledger where stream = 'person-{self.person_id}' and streamversion = 1"
        of = await self._of("reporting", registered)
        read = [f"/do/book-a-place?urn={HERE}", f"/events/{self.void}", f"/events/{self.void}?as_of={self.then}"]
        reveal = f"/events/{of}/reveal"
        form = fill((await self.auditor.get(reveal)).text, reason="A complaint.", field="name")
        shown = await self.auditor.post(reveal, data=form)
        return {reveal: shown.text, **{address: (await self.leader.get(address)).text for address in read}}


async def is_known(erased: Erased) -> None:
    """Of all that a service may hold about somebody there is something."""
    trust, somebody, person_id = erased.trust, erased.somebody, UUID(erased.person_id)
    await trust.does("/trusts", registering())
    await trust.does("/schools", joining(HERE))
    await trust.does("/persons", erased.other)
    erased.claims[await trust.does("/persons", somebody)] = "a registration"
    works = {"engagement_id": str(uuid4()), "kind": "permanent", "role": "teacher", "fte_hundredths": 100}
    await trust.does(f"/persons/{person_id}/engagements", {**works, "urn": HERE, "started_on": "2020-09-01"})
    reference = {"source": somebody["source"], "staff_ref": somebody["staff_ref"]}
    for service in ("talent", "cpd", "collaboration"):
        unknown = claim("NotKnownYet", {"person_id": str(person_id), "note": NAME}, service=service)
        assert await erased.says(service, unknown) == ["unknown_type"]
        about = claim("NotKnownYet", {"about": [reference], "note": NAME}, service=service)
        erased.claims[about["id"]] = "a claim over Kafka"
        await trust.places[service].produce(HERE, about)
    wrong = claim("CareerStageAssessed", {"person_id": reference, "evidence": NAME, "stage": "none"})
    assert await erased.says("talent", wrong) == ["invalid"]
    for service, said in _said_of(person_id, UUID(erased.other["person_id"])).items():
        async with opened(trust.places[service]) as process:
            await process.says(*(facts(stream, *events) for stream, events in said.items()))
    erased.void = await _voids_in(trust, "collaboration")
    await until(partial(_is_told, trust), seconds=60)
    await until(erased.can_be_written_about, seconds=60)
    await until(erased.is_heard, seconds=60)
    await erased.signs_in()
    erased.then = datetime.now(UTC).isoformat().replace("+00:00", "Z")


def _said_of(somebody: UUID, other: UUID) -> Mapping[str, Mapping[str, Sequence[Any]]]:
    """By service and stream; each stream ends with a record that is void, and its reason names them."""
    much: dict[str, Any] = {"quantity": 2, "unit": "half_days", "dimension": "people", "from_on": TODAY, "to_on": TODAY}
    meets: dict[str, Any] = {
        "one_to_one_id": uuid4(),
        "leader_id": somebody,
        "manager_id": other,
        "template": "usual",
        "version": 1,
    }
    session, basis, offer = uuid4(), uuid4(), uuid4()
    return {
        "talent": {
            experience_stream(somebody, basis): [
                ExperienceGained(leader_id=somebody, experience="project", basis=basis, gained_on=TODAY),
                _void(talent, "ExperienceGained", 1),
            ],
        },
        "cpd": {
            participation_stream(session, somebody): [
                PlaceBooked(session_id=session, person_id=somebody),
                ReflectionShared(session_id=session, person_id=somebody, reflection_id=uuid4(), text=NAME),
                _void(cpd, "ReflectionShared", 2),
            ],
        },
        "collaboration": {
            one_to_one_stream(meets["one_to_one_id"]): [
                OneToOneScheduled(trustuid=TRUST, planned_on=TODAY, **meets),
                OneToOneHeld(held_on=TODAY, content=NAME, **meets),
                _void(collaboration, "OneToOneHeld", 2),
            ],
            capacity_offer_stream(offer): [
                CapacityOffered(offer_id=offer, trustuid=TRUST, person_id=somebody, **much),
                CapacityAllocated(allocation_id=uuid4(), offer_id=offer, trustuid=TRUST, taker_urn=HERE, **much),
                _void(collaboration, "CapacityAllocated", 2),
            ],
            answer_stream(uuid4(), HERE): [
                TrustResponseGiven(item_id=uuid4(), urn=HERE, meeting_id=uuid4(), response=OTHERS, by="trust-1")
            ],
        },
    }


def _void(service: Any, kind: str, version: int) -> Any:
    """That a record of a stream is void, because of them."""
    contract = service.contract
    type_name = f"uk.mat.{contract.service}.{kind}.v1"
    cls = codec.event_class(f"uk.mat.{contract.service}.RecordVoided.v1")
    return cls(event_id=uuid4(), event_type=type_name, version=version, reason=NAME)


async def _voids_in(trust: WholeTrust, service: str) -> UUID:
    async with trust.owning(service) as connection:
        asked = "select id from event where type like '%.RecordVoided.v1' and stream like 'capacity-offer-%'"
        found: UUID = await connection.fetchval(asked)
    return found


async def _is_told(trust: WholeTrust) -> bool:
    return is_in(await to_school(trust, HERE))


async def is_kept(erased: Erased) -> None:
    """What an auditor and an operator keep of the time before: checkpoints, exports whole and half done, a backup."""
    await until(erased.is_sealed, seconds=60)
    erased.notes = await erased.signed()
    erased.before = await erased.verified(await erased.exported("before.jsonl", "jsonl"))
    for format_ in FORMATS:
        with suppress(Interrupted):
            await erased.exported(f"halfway.{format_}", format_, until_done=False)


async def is_erased(erased: Erased) -> None:
    """The trust decides it, while fifty write about them at two services; every service says that it is done."""
    over = asyncio.Event()

    async def write() -> None:
        while not over.is_set():
            erased.answers.update(await erased.writes())

    async with asyncio.TaskGroup() as writing:
        for _ in range(AT_ONCE):
            writing.create_task(write())
        await asyncio.sleep(0.5)
        decision = DecideErasure(
            person_id=UUID(erased.person_id),
            erasure_id=erased.erasure_id,
            ground="request",
            requested_on=TODAY,
            kept_until=None,
            today=TODAY,
        )
        await erased.trust.decides_to_erase(decision)
        await until(erased.says_so, seconds=60)
        over.set()
