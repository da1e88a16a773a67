"""Every operation that a writer describes, about what is somebody else's and is really there: refused with its code.

Made from each writer's own OpenAPI. Whom a route takes at all is in tests/integration/test_who_may_ask.py. Here those
whom it takes ask about what the demo left: a school's system and a school's leader, and the leader of another trust.

`whose_objects.txt` has a line for each command: what is answered to the system of another school that says what was
said in the demo; to that school's leader, naming themselves as whose it is; to the leader of another trust, in both
ways; and of what begins something, to the two leaders once more, naming themselves and an id of their own. It is the
code of a refusal; or `nothing` comes of it, or it is `taken`: what is the asker's own, or every school's by purpose.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from deploy.baton.demo import SEED
from deploy.demo.plan import Saying
from deploy.demo.speakers import TRUST
from deploy.demo.trust import SCHOOLS, UID, named
from deploy.description import WRITERS, ServiceDescription
from deploy.migrate import owner_dsns
from deploy.secrets import ensure_secrets
from deploy.settings import StackSettings
from deploy.tokens import development_token
from shared.identity import Principal, Role
from shared.intake.people import person_fields
from tests.support.strangers import URNS, Strangers, by_type, schools_of

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]

OTHER_TRUST = "99002"
STRANGER = "stranger"
EXPECTED = Path(__file__).with_name("whose_objects.txt")
NOT_REFUSED = ("nothing", "taken")
OPEN = {"operations", "documents", "clients"}
"""What these tell is nobody's."""
DAY, PERSON, AN_ID = "2026-12-01", str(named(SEED, "person", "900001", "senco")), str(named(SEED, "any"))
UNTOLD: Mapping[str, Mapping[str, Any]] = {
    "/schools/{urn}/leave": {"trustuid": UID, "urn": "900001", "left_on": DAY},
    "/schools/{from_urn}/succeed": {"trustuid": UID, "from_urn": "900001", "to_urn": "900098", "on": DAY},
    "/role-counts": {
        "trustuid": UID,
        "area": "Northmoor",
        "scheme": "SLE",
        "role": "specialist leader",
        "count": 3,
        "as_at": DAY,
    },
    "/reveals": {"event_id": str(named(SEED, "event", "any")), "fields": ["reason"], "reason": "The yearly audit."},
    "/persons/{person_id}/correct": {"person_id": PERSON, "correction_id": AN_ID, "removed": ["email"]},
    "/people/{person_id}/legal-holds": {
        "person_id": PERSON,
        "hold_id": AN_ID,
        "basis": "tribunal",
        "reason": "A claim before a tribunal.",
    },
    "/people/{person_id}/legal-holds/{hold_id}/lift": {"person_id": PERSON, "hold_id": AN_ID},
    "/people/{person_id}/erasures": {
        "person_id": PERSON,
        "erasure_id": AN_ID,
        "ground": "request",
        "requested_on": "2026-11-20",
    },
    "/people/{person_id}/subject-access": {
        "person_id": PERSON,
        "request_id": AN_ID,
        "requested_on": "2026-11-20",
        "events": 1,
        "withheld": 0,
        "package_sha256": "0" * 64,
    },
    "/focus-areas/{focus_id}/close": {"focus_id": str(named(SEED, "focus", "reading")), "closed_on": DAY},
}
"""What nobody says in the demo."""

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What was said in the demo at one path.

    Attributes:
        stranger: a school whose business it is not.
        new: the field with the id of what it begins, if it does.
    """

    body: Body
    stranger: str
    new: str | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """One writer's, and who asks there."""

    client: httpx.AsyncClient
    stack: StackSettings
    _tokens: dict[tuple[str, ...], str] = field(default_factory=dict)
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(8))

    async def answers(self, path: str, told: Told, expected: Sequence[str]) -> list[str]:
        """How each stranger is answered. In earnest is asked what is known to be refused."""
        urn = told.stranger
        own = _with(told.body, lambda text: URNS.sub(urn, text))
        alien = _with(told.body, lambda text: OTHER_TRUST if text == UID else text)
        asked: list[tuple[Body, Role]] = [
            (told.body, "school_system"),
            (own, "school_leader"),
            (told.body, "trust_leader"),
            (alien, "trust_leader"),
        ]
        if told.new is not None:
            fresh = {told.new: str(uuid4())}
            asked += [({**own, **fresh}, "school_leader"), ({**alien, **fresh}, "trust_leader")]
        answers: list[str] = []
        for number, (body, role) in enumerate(asked):
            if number == 3 and alien == told.body:
                answers.append(answers[-1])
                continue
            dry = number >= len(expected) or expected[number] in NOT_REFUSED
            answers.append(await self._command(path, body, self.token(role, urn), dry=dry))
        return answers

    async def question(self, path: str, given: Body, role: Role, urn: str) -> httpx.Response:
        query = {name: text for name, text in given.items() if f"{{{name}}}" not in path}
        headers = {"authorization": f"Bearer {self.token(role, urn)}"}
        return await self.client.get(path.format_map(given), params=query, headers=headers)

    def token(self, role: Role, urn: str) -> str:
        """A school's people and systems are of one school; all others of the other trust."""
        of_school = role in ("school_leader", "school_system")
        if (role, urn) not in self._tokens:
            trust, urns = (UID, frozenset({urn})) if of_school else (OTHER_TRUST, frozenset[str]())
            who = Principal(STRANGER, frozenset({role}), trust, urns)
            self._tokens[role, urn] = development_token(self.stack, who, lasts=timedelta(hours=1))
        return self._tokens[role, urn]

    async def _command(self, path: str, body: Body, token: str, *, dry: bool) -> str:
        headers = {"authorization": f"Bearer {token}", "idempotency-key": str(uuid4())}
        query = {"dry_run": "true"} if dry else {}
        async with self._turns:
            response = await self.client.post(_filled(path, body), params=query, json=body, headers=headers)
        content = response.json()
        if not response.is_success:
            return str(content["code"])
        return "taken" if content.get("streams") else "nothing"


@pytest.mark.parametrize("service", WRITERS, ids=lambda service: service.name)
async def test_nobody_does_anything_to_what_is_somebody_elses(
    lived_in: StackSettings, service: ServiceDescription
) -> None:
    lines = [line.split() for line in EXPECTED.read_text(encoding="utf-8").splitlines()]
    expected = {path: answers for name, path, *answers in lines if name == service.name}
    told = _told(service.name)
    async with httpx.AsyncClient(base_url=lived_in.url(service), timeout=60, trust_env=False) as client:
        door = Door(client, lived_in)
        paths = [path for path, _ in await _operations(client, "post") if path != "/events"]
        asked = (door.answers(path, told[path], expected.get(path, ())) for path in paths)
        found = dict(zip(paths, await asyncio.gather(*asked), strict=True))

    assert found == expected
    assert await _recorded_by(lived_in, service, STRANGER) == 0
    assert await _recorded_by(lived_in, service, TRUST.subject) > 0


@pytest.mark.parametrize("service", WRITERS, ids=lambda service: service.name)
async def test_no_question_is_answered_with_what_is_somebody_elses(
    demo: StackSettings, service: ServiceDescription
) -> None:
    said = [one for sayings in by_type().values() for one in sayings if one.service == service.name]
    theirs = next(saying for saying in said if saying.speaker.urns)
    [urn, *_] = theirs.speaker.urns
    objects = {"event_id": theirs.id, "source": theirs.speaker.source, "urn": urn, "person_id": PERSON}
    known = {**objects, "from": "1", "to": "1", "logindex": "0", "size": "1"}
    stranger = next(school.urn for school in SCHOOLS if school.urn not in theirs.speaker.urns)
    of_others = {f'"{saying.id}"' for saying in said if stranger not in saying.speaker.urns}
    of_trust = {f'"{school.urn}"' for school in SCHOOLS}
    askers: Sequence[Role] = ("school_system", "school_leader", "trust_leader", "hr", "auditor")
    found = []
    async with httpx.AsyncClient(base_url=demo.url(service), timeout=60, trust_env=False) as client:
        door = Door(client, demo)
        for (path, operation), role in product(await _operations(client, "get"), askers):
            needs = [needed["name"] for needed in operation.get("parameters", ()) if needed.get("required")]
            answer = await door.question(path, {name: known[name] for name in needs}, role, stranger)
            marks = of_others if role.startswith("school") else of_others | of_trust
            told = [mark for mark in marks if mark in answer.text]
            if told or (objects.keys() & set(needs) and answer.status_code not in (403, 404)):
                found.append((path, role, answer.status_code, told[:3]))

    assert found == []


async def _operations(client: httpx.AsyncClient, method: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The paths that take a method and need a sign-in, with what is said of them."""
    paths = (await client.get("/openapi.json")).json()["paths"]
    found = ((path, of[method]) for path, of in paths.items() if method in of)
    return [(path, operation) for path, operation in found if OPEN.isdisjoint(operation["tags"])]


def _told(service: str) -> Mapping[str, Told]:
    """What is said at each command's path."""
    intake = import_module(f"services.{service}.intake")
    types = {id(admission): type_ for type_, admission in intake.admissions.items()}
    said, strangers = by_type(), Strangers()
    told = {path: Told(body, "900002") for path, body in UNTOLD.items()}
    for path, admission in intake.commands.items():
        type_ = types.get(id(admission), "uk.mat.talent.SkillsGapForecast.v1")  # a question: nobody claims it
        if path not in UNTOLD and type_ in said:
            saying = max(said[type_], key=lambda one: _tells(one, strangers))
            new = None if "{" in path else _id_of_new(saying.data, admission.shape)
            told[path] = Told(json.loads(json.dumps(saying.data)), strangers.to_words_of(saying), new)
    return told


def _tells(saying: Saying, strangers: Strangers) -> tuple[bool, bool]:
    """What names a school tells most, and most to one that has nothing to do with it."""
    return bool(schools_of(saying)), strangers.to(saying) == strangers.to_words_of(saying)


def _id_of_new(body: Body, shape: type[Any]) -> str | None:
    """The first id that is nobody's."""
    people = {path[0] for path in person_fields(shape)}
    return next((name for name in body if name.endswith("_id") and name not in people), None)


def _with(content: Any, change: Callable[[str], str]) -> Any:
    """The same with another text in the place of each."""
    match content:
        case str():
            return change(content)
        case dict():
            return {name: _with(one, change) for name, one in content.items()}
        case list():
            return [_with(one, change) for one in content]
        case _:
            return content


def _filled(path: str, body: Body) -> str:
    return path.format_map({name: _in_path(value) for name, value in body.items()})


def _in_path(value: Any) -> str:
    return f"{value['source']}:{value['staff_ref']}" if isinstance(value, dict) and "staff_ref" in value else str(value)


async def _recorded_by(stack: StackSettings, service: ServiceDescription, actor: str) -> int:
    """How many events of somebody's a service has."""
    dsn = owner_dsns(stack, ensure_secrets(stack).passwords)[service.name]
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        query = "select count(*) from event where convert_from(meta, 'utf8')::jsonb ->> 'actor' = $1"
        return int(await connection.fetchval(query, actor))
    finally:
        await connection.close()
