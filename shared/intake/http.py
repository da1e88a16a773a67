"""A writer's HTTP doors: claims in as CloudEvents, typed commands in, and the log for other services."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse

from shared.clock import Clock
from shared.contracts import canonical
from shared.contracts.envelope import Envelope
from shared.contracts.vocabulary import identifier
from shared.decider import NotYet, Rejected
from shared.eventstore import CommandKey, Context, Decision, EventStore, Outcome, Recorded, States, execute
from shared.eventstore.receipts import receipt
from shared.identity import Principal, asks_for, can, reach
from shared.intake import described
from shared.intake.claims import Admission, ClaimRefused, refuse_reserved, spoken_of
from shared.intake.door import Intake
from shared.intake.people import People, PersonUnknown, Speaker, of_path
from shared.intake.reading import Item, Unreadable, from_http, is_batch
from shared.intake.senders import Sender
from shared.problems import Problem, count_refusal, status_of
from shared.runtime import Caller
from shared.vault import Vault

largest_page = 1_000
largest_logindex = 2**63 - 1
DryRun = Annotated[bool, Query(description="Only say what the answer would be: nothing is kept.")]
statuses = {"accepted": 202, "duplicate": 200, "parked": 202}


def events_router(intake: Intake) -> APIRouter:
    """`POST /events` and, for services and auditors, `GET /events?from=`."""
    router = APIRouter(tags=["events"])

    @router.post("/events", responses=described.receipts(), openapi_extra=described.claims(intake.admissions))
    async def publish(
        request: Request,
        caller: Caller,
        dry_run: DryRun = False,  # noqa: FBT002  a query's flag
    ) -> JSONResponse:
        """Take one CloudEvent (structured or binary mode) or a batch of them; each is answered with a receipt."""
        body = await request.body()
        try:
            items = from_http(request.headers, body)
        except ClaimRefused as refusal:
            raise _problem(_refused(refusal)) from None
        if is_batch(request.headers):
            answers = await _take_each(intake, caller, items, dry_run=dry_run)
            for _, outcome in () if dry_run else answers:
                if outcome.status in ("refused", "conflict"):
                    count_refusal(intake.store.service, "http", outcome.code)
            return JSONResponse([receipt(i, outcome.receipt) for i, outcome in answers])
        [(event_id, outcome)] = await _take_each(intake, caller, items, dry_run=dry_run)
        if outcome.status in ("refused", "conflict"):
            raise _problem(outcome, event_id=event_id)
        return JSONResponse(receipt(event_id, outcome.receipt), statuses[outcome.status])

    @router.get("/events", responses=described.log_page(), openapi_extra=asks_for("read_log"))
    async def log(
        caller: Caller,
        start: Annotated[int, Query(alias="from", ge=0, le=largest_logindex, description="The first log index.")],
        limit: Annotated[int, Query(ge=1, le=largest_page, description="At most so many.")] = largest_page,
    ) -> JSONResponse:
        """The service's numbered events from a log index on: how other services fill a gap.

        An auditor reads its own trust's; of the others' only what proves that none is missing.
        """
        far = reach(caller, "read_log")
        if far is None:
            raise Problem(403, "services_only", "Only services read another service's log.")
        events = await intake.store.read_log(start, limit)
        return JSONResponse({"events": [_logged(e, None if far == "platform" else caller.trustuid) for e in events]})

    return router


def _logged(event: Recorded, only: str | None) -> dict[str, Any]:
    """A numbered event; where `only` one trust's are read, of others only what proves that none is missing."""
    proof = {"logindex": event.logindex, "hash": event.hash.hex()}
    if only is not None and Envelope.of_meta(event.meta).trustuid != only:
        return proof
    return {**proof, "meta": b64encode(event.meta).decode(), "record": b64encode(event.record).decode()}


@dataclass(frozen=True, slots=True)
class Doorway:
    """What typed commands are executed with."""

    store: EventStore
    vault: Vault
    clock: Clock
    people: People
    wake: Callable[[], None]


def commands_router(doorway: Doorway, commands: Mapping[str, Admission]) -> APIRouter:
    """Typed commands, one `POST` route each. What is in the path need not be in the body as well."""
    router = APIRouter(tags=["commands"])
    for path, admission in commands.items():
        router.add_api_route(
            path,
            _endpoint(doorway, admission),
            methods=["POST"],
            name=admission.to_act.__name__,
            summary=(admission.to_act.__doc__ or "").splitlines()[0],
            status_code=201,
            responses=described.answers(),
            openapi_extra=described.command(path, admission),
        )
    return router


def _endpoint(doorway: Doorway, admission: Admission) -> Callable[..., Any]:
    async def command(request: Request, ask: Asked, dry_run: DryRun = False) -> JSONResponse:  # noqa: FBT002  a query's flag
        _check_role(ask.caller, admission)
        content = {**_object(await request.body()), **of_path(request.path_params, admission.shape)}
        context = Context(
            key=CommandKey(ask.caller.trustuid, f"http/{ask.caller.subject}", ask.key),
            trustuid=ask.caller.trustuid,
            actor=ask.caller.subject,
            claim=canonical.dumps({"path": request.url.path, "body": content}),
            correlation_id=ask.correlation_id or ask.key,
            urns=None if reach(ask.caller, admission.deed) == "trust" else ask.caller.urns,
        )
        try:
            known = await doorway.people.known([(context.trustuid, admission.shape, content)])
            data = known.put_in(content, admission.shape, Speaker(context.trustuid, context.urns))
            shape = admission.check(data)
            _check_whose(ask.caller, content)
            if admission.look_up is not None:
                shape = await admission.look_up(doorway.store, doorway.clock, shape, context)
            act = admission.to_act(shape, context)
        except PersonUnknown as unknown:
            raise _problem(_person_unknown(unknown)) from None
        except Rejected as refusal:
            raise _problem(_refused(refusal)) from None
        act = replace(act, decide=_at_once(act.decide))
        if ask.expected is not None:
            act = replace(act, expected={next(iter(act.reads)): ask.expected})
        [outcome] = await execute(doorway.store, doorway.vault, doorway.clock, [act], dry_run=dry_run)
        if not dry_run:
            doorway.wake()
        if outcome.status in ("refused", "conflict"):
            raise _problem(outcome)
        return JSONResponse(outcome.content(), 201 if outcome.status == "accepted" and not dry_run else 200)

    return command


def _person_unknown(unknown: PersonUnknown) -> Outcome:
    message = "This person is not in the register: register them first."
    return Outcome("refused", "person_unknown", unknown.field, message)


def _at_once(decide: Callable[[States], Decision]) -> Callable[[States], Decision]:
    """A typed command does not wait: somebody stands before it. What it refers to has to be there."""

    def decided(states: States) -> Decision:
        try:
            return decide(states)
        except NotYet as wait:
            raise Rejected(wait.code, "What this refers to is not known here: record that first.") from None

    return decided


def _check_role(caller: Principal, admission: Admission) -> None:
    if reach(caller, admission.deed) is None:
        if admission.deed == "reveal":
            raise Problem(403, "auditors_only", "Only auditors are shown a text for a reason.")
        raise Problem(403, "schools_only", "Only schools and the trust's own people can do this.")
    if not caller.trustuid:
        unclear = "Your schools belong to no trust here, or to several: send this as an event, which names its school."
        raise Problem(403, "trust_unclear", unclear)
    if admission.trust_only and not can(caller, "decide_for_trust", trustuid=caller.trustuid):
        raise Problem(403, "trust_only", "Only the trust's own people can do this.")


def _check_whose(caller: Principal, content: Mapping[str, Any]) -> None:
    if content.get("trustuid") not in (None, caller.trustuid):
        raise Problem(403, "not_your_trust", "You may speak for your own trust only.")
    if not all(can(caller, "command", trustuid=caller.trustuid, urn=urn) for urn in spoken_of(content)):
        raise Problem(403, "not_your_school", "You may speak for your own schools only.")


def _object(body: bytes) -> dict[str, Any]:
    try:
        content = canonical.loads(body or b"{}")
        refuse_reserved(content, "")
    except canonical.NotStrictJson as broken:
        raise Problem(400, "not_json", f"This cannot be read: {broken.reason}.") from None
    except ClaimRefused as refusal:
        raise _problem(_refused(refusal)) from None
    if not isinstance(content, dict):
        raise Problem(400, "invalid", "Send a JSON object.")
    return content


@dataclass(frozen=True, slots=True)
class Ask:
    """A typed command as it was asked for: by whom, and under which key it is remembered."""

    caller: Principal
    key: str
    correlation_id: str | None
    expected: int | None


def asked(request: Request, caller: Caller) -> Ask:
    """What every typed command comes with. The headers are read here: each that is missing has an answer of its own."""
    key, version = request.headers.get("idempotency-key", ""), request.headers.get("if-match")
    if not identifier.fullmatch(key):
        raise Problem(
            400,
            "idempotency_key_missing",
            "Send an Idempotency-Key: a new one for each thing you mean to do, the same one when you try again.",
        )
    if version is not None and not _version.fullmatch(version):
        raise Problem(400, "if_match_malformed", 'If-Match is a version in quotes, such as "3".')
    correlation_id = request.headers.get("x-correlation-id", "")
    return Ask(
        caller,
        key,
        correlation_id if identifier.fullmatch(correlation_id) else None,
        None if version is None else int(version.strip('"')),
    )


_version = re.compile(r'"?[0-9]{1,10}"?')
Asked = Annotated[Ask, Depends(asked)]


async def _take_each(
    intake: Intake, caller: Principal, items: list[Item], *, dry_run: bool
) -> list[tuple[str, Outcome]]:
    """Take the items under their origins: a school's own claims under its URN, the trust's under its UID.

    What cannot be read is answered here and now, and not remembered: it may not even have an id.
    """
    said = [(_sender(caller, item), item) for item in items]
    unread = {n: (item.id, _refused(item.refusal)) for n, (_, item) in enumerate(said) if isinstance(item, Unreadable)}
    if not dry_run:
        await intake.keep_refused((said[n], outcome) for n, (_, outcome) in unread.items())
    taken = iter(await intake.take([one for n, one in enumerate(said) if n not in unread], dry_run=dry_run))
    return [unread[n] if n in unread else next(taken) for n in range(len(said))]


def _sender(caller: Principal, item: Item) -> Sender:
    far = reach(caller, "publish")
    if far == "trust":
        return Sender(caller.trustuid, caller.subject, caller.trustuid, None, is_trust=True)
    if far is None or not caller.urns:
        raise Problem(403, "schools_only", "Only schools' systems and the trust publish events.")
    own = caller.urns & getattr(item, "urns", frozenset())
    origin = min(own or caller.urns)
    if caller.client is None:
        return Sender(origin, caller.subject, caller.trustuid, caller.urns, publish=True)
    urns = caller.urns if caller.trustuid else frozenset({origin})  # it may be of schools of several trusts
    return Sender(origin, caller.subject, None, urns, publish=True)


def _refused(refusal: Rejected) -> Outcome:
    return Outcome("refused", refusal.code, refusal.field, refusal.message)


def _problem(outcome: Outcome, **more: Any) -> Problem:
    if outcome.current_version is not None:
        more["current_version"] = outcome.current_version
    message = outcome.message or "This is not allowed."
    errors = [(outcome.field, message)] if outcome.field else []
    code = outcome.code or "refused"
    return Problem(status_of(code), code, message, errors=errors, **more)
