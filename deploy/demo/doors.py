"""The platform's public doors as an outsider uses them: CloudEvents over HTTP and Kafka, typed commands, receipts."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_exponential_jitter

from deploy.demo.plan import Saying, Speaker
from deploy.demo.speakers import TRUST
from deploy.demo.trust import ON_KAFKA, UID
from deploy.description import SERVICES
from deploy.errors import Unmet
from deploy.settings import StackSettings
from deploy.tokens import development_token
from shared.identity import Principal

_TOKEN_LASTS = timedelta(hours=1)
_ANSWER_S = 20.0
_POLL_S = 0.03
_AGAIN = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
_COMMANDS = {  # by the event that a typed command claims
    "EngagementStarted": "/persons/{person_id}/engagements",
    "EngagementEnded": "/persons/{person_id}/engagements/{engagement_id}/end",
    "SkillsGapForecast": "/forecasts",
    "TrustInductionPlanned": "/trust-inductions",
    "ProgrammePublished": "/programmes",
    "SessionScheduled": "/sessions",
    "SessionRescheduled": "/sessions/{session_id}/reschedule",
    "SessionCancelled": "/sessions/{session_id}/cancel",
    "CycleOpened": "/cycles",
    "FocusAreaSet": "/focus-areas",
    "StandardAgendaItemIssued": "/agenda-items",
    "LeadershipTeamMeetingHeld": "/meetings",
    "AgendaItemFeedbackGiven": "/meetings/{meeting_id}/answers",
    "FeedbackCorrected": "/meetings/{meeting_id}/corrections",
    "MeetingReportSubmitted": "/meetings/{meeting_id}/submit",
    "TrustAcknowledged": "/answers/{item_id}/{urn}/acknowledge",
    "TrustResponseGiven": "/answers/{item_id}/{urn}/respond",
    "ResponseRead": "/answers/{item_id}/{urn}/mark-read",
    "ActionAgreed": "/actions",
    "ActionClosed": "/actions/{action_id}/close",
    "EffectReviewed": "/actions/{action_id}/review-effect",
    "ReminderSent": "/reminders",
    "PriorityAgreed": "/priorities/{priority_id}/agree",
    "SupportRequested": "/support-requests",
    "SupportRequestAnswered": "/support-requests/{request_id}/answer",
    "OneToOneHeld": "/one-to-ones/{one_to_one_id}/hold",
    "ConsultationStandardSet": "/consultation-standard",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform answered. `again`: it was sent more than once, so a duplicate may be its first answer."""

    outcome: str
    code: str | None = None
    field: str | None = None
    again: bool = False


class _AgainError(Exception):
    """A service could not answer now; it may when it is asked again."""


class Doors:
    """Says things and gives the answers. Made by `open_doors`."""

    def __init__(
        self,
        clients: Mapping[str, httpx.AsyncClient],
        producer: AIOKafkaProducer,
        receipts: Receipts,
        token: Callable[[Speaker], str],
        now: Callable[[], datetime],
    ) -> None:
        self._clients = clients
        self._producer = producer
        self._receipts = receipts
        self._token = token
        self._now = now

    async def say(self, sayings: Sequence[Saying]) -> list[Answer]:
        """Say things of one speaker, through one door, to one service: in one go where the door takes it."""
        match sayings[0].door:
            case "kafka":
                return await self._over_kafka(sayings)
            case "batch":
                return await self._in_a_batch(sayings)
            case "command":
                return [await self._command(saying) for saying in sayings]
            case _:
                return [await self._event(saying) for saying in sayings]

    async def second_answer(self, saying: Saying) -> Answer:
        """The answer to something that was parked, when it is there."""
        if saying.door == "kafka":
            return await self._receipts.next(saying)
        path, query = f"/events/{quote(saying.id)}", {"source": saying.speaker.source}
        deadline = asyncio.get_running_loop().time() + _ANSWER_S
        while asyncio.get_running_loop().time() < deadline:
            found, _ = await self._request(saying, "GET", path, params=query)
            if found.json()["outcome"] != "parked":
                return _receipt(found.json())
            await asyncio.sleep(_POLL_S)
        return Answer("parked")

    async def position(self) -> dict[str, int]:
        """Up to which event of each service the reports know it all."""
        position: dict[str, int] = (await self._read("roles"))["position"]
        return position

    async def report(self, model: str) -> list[dict[str, Any]]:
        """A report's rows."""
        rows: list[dict[str, Any]] = (await self._read(model))["rows"]
        return rows

    async def _read(self, model: str) -> Any:
        """A report as the trust's office sees it, whether or not the pages want a sign-in."""
        token = {"authorization": f"Bearer {self._token(TRUST)}"}
        found = await self._clients["reporting"].get(f"/reports/{model}.json", headers=token)
        return found.raise_for_status().json()

    async def _over_kafka(self, sayings: Sequence[Saying]) -> list[Answer]:
        sent = []
        for saying in sayings:
            topic = f"ingest.{saying.service}.{saying.speaker.urns[0]}"
            headers = [(f"ce_{name}", text.encode()) for name, text in self._attributes(saying).items()]
            body = json.dumps(saying.data, ensure_ascii=False).encode()
            content_type = ("content-type", b"application/json")
            sent.append(await self._producer.send(topic, body, headers=[content_type, *headers]))
        await asyncio.gather(*sent)
        return [await self._receipts.first(saying) for saying in sayings]

    async def _in_a_batch(self, sayings: Sequence[Saying]) -> list[Answer]:
        body = [{**self._attributes(saying), "data": saying.data} for saying in sayings]
        headers = {"content-type": "application/cloudevents-batch+json"}
        found, again = await self._request(sayings[0], "POST", "/events", content=json.dumps(body), headers=headers)
        if found.status_code != HTTPStatus.OK:
            return [_problem(found.json(), again=again)] * len(sayings)
        return [_receipt(receipt, again=again) for receipt in found.json()]

    async def _event(self, saying: Saying) -> Answer:
        attributes = self._attributes(saying)
        if saying.door == "binary":
            headers = {f"ce-{name}": text for name, text in attributes.items()} | {"content-type": "application/json"}
            content = json.dumps(saying.data)
        else:
            headers = {"content-type": "application/cloudevents+json"}
            content = json.dumps({**attributes, "datacontenttype": "application/json", "data": saying.data})
        found, again = await self._request(saying, "POST", "/events", content=content, headers=headers)
        return (_receipt if found.is_success else _problem)(found.json(), again=again)

    async def _command(self, saying: Saying) -> Answer:
        path = _COMMANDS[saying.event].format_map(saying.data)
        headers = {"idempotency-key": saying.id}
        found, again = await self._request(saying, "POST", path, json=dict(saying.data), headers=headers)
        return (_receipt if found.is_success else _problem)(found.json(), again=again)

    async def _request(self, saying: Saying, method: str, path: str, **request: Any) -> tuple[httpx.Response, bool]:
        """The answer, and whether it was asked for more than once."""
        token = {"authorization": f"Bearer {self._token(saying.speaker)}"}
        request["headers"] = {**request.get("headers", {}), **token}
        client = self._clients[saying.service]
        retrying = AsyncRetrying(
            retry=retry_if_exception_type((httpx.TransportError, _AgainError)),
            stop=stop_after_delay(_ANSWER_S),
            wait=wait_exponential_jitter(multiplier=0.1, max=2, jitter=0.1),
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    found = await _asked(client, method, path, request)
                    return found, attempt.retry_state.attempt_number > 1
        except (httpx.TransportError, _AgainError) as error:
            reason = str(error) or type(error).__name__
            raise Unmet(f"{saying.service} does not answer: {reason}.", "See `baton status`.") from error
        raise AssertionError("unreachable: the last attempt raises")

    def _attributes(self, saying: Saying) -> dict[str, str]:
        happened = {} if saying.happened_at is None else {"happenedat": saying.happened_at.isoformat()}
        return {
            "specversion": "1.0",
            "id": saying.id,
            "source": saying.speaker.source,
            "type": saying.type,
            "time": self._now().isoformat(),
            "trustuid": UID,
            **happened,
        }


class Receipts:
    """What the platform answers on `receipts.<urn>`, sorted by what it is about."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self._by_id: defaultdict[tuple[str, str], asyncio.Queue[Answer]] = defaultdict(asyncio.Queue)

    async def read(self) -> None:
        """Sort receipts as they come, until cancelled."""
        async for record in self._consumer:
            content = json.loads(record.value)
            urn = record.topic.rpartition(".")[2]
            self._by_id[urn, content["event_id"]].put_nowait(_receipt(content))

    async def first(self, saying: Saying) -> Answer:
        """The answer to something; who is not known yet to a service has to wait for a better one."""
        answer = await self.next(saying)
        return await self.next(saying) if answer.code == "school_unknown" else answer

    async def next(self, saying: Saying) -> Answer:
        urn = saying.speaker.urns[0]
        try:
            async with asyncio.timeout(_ANSWER_S):
                return await self._by_id[urn, saying.id].get()
        except TimeoutError:
            raise Unmet(
                f"No receipt came for {saying.id} on receipts.{urn} within {_ANSWER_S:.0f} seconds.",
                f"See `baton status`, and the log of {saying.service}.",
            ) from None


@asynccontextmanager
async def open_doors(settings: StackSettings, now: Callable[[], datetime]) -> AsyncIterator[Doors]:
    """Doors to a stack that runs on this machine; its topics for the schools must be there.

    Args:
        now: what time it is in the demo.
    """

    @cache
    def token(speaker: Speaker) -> str:
        principal = Principal(speaker.subject, frozenset({speaker.role}), UID, frozenset(speaker.urns))
        return development_token(settings, principal, lasts=_TOKEN_LASTS)

    async with AsyncExitStack() as opened:
        clients = {
            service.name: await opened.enter_async_context(
                httpx.AsyncClient(base_url=settings.url(service), timeout=_ANSWER_S, trust_env=False)
            )
            for service in SERVICES
        }
        _let_kafka_retry_in_silence()
        producer = AIOKafkaProducer(**settings.cluster.client, acks="all")
        await producer.start()
        opened.push_async_callback(producer.stop)
        consumer = AIOKafkaConsumer(
            *(f"receipts.{school.urn}" for school in ON_KAFKA),
            **settings.cluster.client,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        await consumer.start()
        opened.push_async_callback(consumer.stop)
        receipts = Receipts(consumer)
        reading = asyncio.create_task(receipts.read(), name="receipts")
        opened.callback(reading.cancel)
        yield Doors(clients, producer, receipts, token, now)


async def _asked(client: httpx.AsyncClient, method: str, path: str, request: Mapping[str, Any]) -> httpx.Response:
    found = await client.request(method, path, **request)
    if found.status_code in _AGAIN:
        raise _AgainError(f"it answers {found.status_code}")
    return found


def _let_kafka_retry_in_silence() -> None:
    """The client prints an error for each try before a new topic has its leader; what stays wrong is raised."""
    client = logging.getLogger("aiokafka")
    if not client.hasHandlers():
        client.addHandler(logging.NullHandler())


def _receipt(content: Mapping[str, Any], *, again: bool = False) -> Answer:
    return Answer(content["outcome"], content.get("code"), content.get("field"), again)


def _problem(content: Mapping[str, Any], *, again: bool = False) -> Answer:
    field = next((error["pointer"] for error in content.get("errors") or ()), None)
    return Answer("refused", content.get("code", f"status {content.get('status')}"), field, again)
