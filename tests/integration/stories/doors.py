"""How the refusals that every service's doors have in common are provoked, whichever service it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from shared.identity.clients import hashed
from shared.intake.reading import largest_batch_bytes
from tests.integration.stories.conftest import Service, Trust, Writer
from tests.integration.stories.provoking import Provoke
from tests.support.kafka import admit
from tests.support.writer import claim, until

OTHER_TRUST = "99002"
NOT_A_MEMBER: Mapping[Service, str] = {"talent": "900098", "cpd": "900099", "collaboration": "900097"}


@dataclass(frozen=True, slots=True)
class Door:
    """One service's doors, and something that it takes: a command's path, the claim's type, fields of a new one."""

    service: Service
    path: str
    type: str
    fields: Callable[[], dict[str, Any]]

    async def not_authenticated(self, trust: Trust) -> str:
        return _code(await self._writer(trust).client.post(self.path, json=self.fields()))

    async def schools_only(self, trust: Trust) -> str:
        return await self._post(trust, self.fields(), role="auditor")

    async def auditors_only(self, trust: Trust) -> str:
        return await self._reveal(trust, str(uuid4()), role="trust_leader")

    async def text_unknown(self, trust: Trust) -> str:
        """Of an event that is there, and seals nothing in a field of this name."""
        some = await self._writer(trust).place.fetchval("select id from event order by position limit 1")
        if some is None:
            await trust.command(self.service, self.path, self.fields())
            some = await self._writer(trust).place.fetchval("select id from event order by position limit 1")
        return await self._reveal(trust, str(some))

    async def services_only(self, trust: Trust) -> str:
        return await self._get(trust, "/events", {"from": "0"})

    async def not_your_trust(self, trust: Trust) -> str:
        return await self._post(trust, {**self.fields(), "trustuid": OTHER_TRUST})

    async def idempotency_key_missing(self, trust: Trust) -> str:
        return await self._post(trust, self.fields(), key="")

    async def if_match_malformed(self, trust: Trust) -> str:
        return await self._post(trust, self.fields(), **{"if-match": '"²"'})

    async def version_conflict(self, trust: Trust) -> str:
        return await self._post(trust, self.fields(), **{"if-match": '"7"'})

    async def id_reused(self, trust: Trust) -> str:
        key = str(uuid4())
        await trust.command(self.service, self.path, self.fields(), key=key)
        return await self._post(trust, self.fields(), key=key)

    async def not_json(self, trust: Trust) -> str:
        return await self._post(trust, b'{"a": NaN}')

    async def invalid(self, trust: Trust) -> str:
        return await self._post(trust, {})

    async def too_large(self, trust: Trust) -> str:
        return await self._post(trust, b" " * (largest_batch_bytes + 1))

    async def encoding_not_offered(self, trust: Trust) -> str:
        return await self._post(trust, b"\x1f\x8b", **{"content-encoding": "gzip"})

    async def format_not_offered(self, trust: Trust) -> str:
        return await self._send(trust, "/events", b"\x00", {"content-type": "application/cloudevents+avro"})

    async def head_too_large(self, trust: Trust) -> str:
        return await self._post(trust, self.fields(), **{f"x-{number}": "a" * 1_000 for number in range(40)})

    async def trust_unclear(self, trust: Trust) -> str:
        """Of a machine whose schools nobody has heard of."""
        client_id, secret = f"client-{uuid4()}", str(uuid4())
        await self._writer(trust).place.fetchval(
            """insert into client (client_id, secret_hash, urns, admitted_at) values ($1, $2, '{900096}', now())
               returning 1""",
            client_id,
            hashed(secret),
        )
        headers = {"x-api-key": f"{client_id}.{secret}", "idempotency-key": str(uuid4())}
        return _code(await self._writer(trust).client.post(self.path, json=self.fields(), headers=headers))

    async def too_many_wrong_secrets(self, trust: Trust) -> str:
        headers = {"x-api-key": f"client-{uuid4()}.guessed"}
        codes = [_code(await self._writer(trust).client.get("/answers", headers=headers)) for _ in range(11)]
        return codes[-1]

    async def reserved_text(self, trust: Trust) -> str:
        return await self._post(trust, {**self.fields(), "title": "sealed:1:"})

    async def in_the_future(self, trust: Trust) -> str:
        return await self._said_at(trust, datetime.now(UTC) + timedelta(days=3650))

    async def too_long_ago(self, trust: Trust) -> str:
        return await self._said_at(trust, datetime.now(UTC) - timedelta(days=3650))

    async def event_unknown(self, trust: Trust) -> str:
        return await self._get(trust, f"/events/{uuid4()}", {"source": "mis"})

    async def type_unknown(self, trust: Trust) -> str:
        return await self._get(trust, "/schemas/uk.mat.talent.NothingEver.v1")

    async def http_404(self, trust: Trust) -> str:
        return await self._get(trust, "/nowhere")

    async def unknown_type(self, trust: Trust) -> str:
        receipt = await trust.claims(self.service, "NothingEver", {})
        return str(receipt["code"])

    async def school_unknown(self, trust: Trust) -> str:
        """Over Kafka alone: a token names the school's trust, a topic does not."""
        urn, place, id_ = NOT_A_MEMBER[self.service], self._writer(trust).place, str(uuid4())
        await admit(place.kafka.bootstrap, urn)
        await place.produce(urn, claim(self.type, self.fields(), id_, service=self.service))

        async def parked() -> str | None:
            code: str | None = await place.fetchval("select code from parked_claim where id = $1", id_)
            return code

        return str(await until(parked, seconds=40))

    async def person_erased(self, trust: Trust, tell: Callable[[Trust, str], Any], person_id: str) -> str:
        """The fence that an erasure leaves; then somebody wants to say something of this person."""
        connection = await asyncpg.connect(self._writer(trust).place.vault_owner_dsn, timeout=10)
        try:
            await connection.execute("select erase_subjects($1, 'request')", [f"person:{person_id}"])
        finally:
            await connection.close()
        code: str = await tell(trust, person_id)
        return code

    def provoked(self) -> Mapping[str, Provoke]:
        """How each is provoked, by its code; `person_erased` needs somebody to speak of."""
        return {code: partial(getattr(Door, code), self) for code in CODES}

    async def _said_at(self, trust: Trust, happened_at: datetime) -> str:
        said = claim(self.type, self.fields(), service=self.service, happenedat=happened_at.isoformat())
        content_type = {"content-type": "application/cloudevents+json"}
        return await self._send(trust, "/events", json.dumps(said).encode(), content_type)

    def _writer(self, trust: Trust) -> Writer:
        return trust.writers[self.service]

    async def _post(
        self,
        trust: Trust,
        body: dict[str, Any] | bytes,
        *,
        role: Any = "trust_leader",
        key: str | None = None,
        **headers: str,
    ) -> str:
        asked = {"idempotency-key": str(uuid4()) if key is None else key, **headers}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self._send(trust, self.path, content, asked, role=role)

    async def _reveal(self, trust: Trust, event_id: str, *, role: Any = "auditor") -> str:
        body = {"event_id": event_id, "fields": ["nothing"], "reason": "The yearly audit."}
        headers = {"idempotency-key": str(uuid4())}
        return await self._send(trust, "/reveals", json.dumps(body).encode(), headers, role=role)

    async def _send(
        self, trust: Trust, path: str, content: bytes, headers: Mapping[str, str], *, role: Any = "trust_leader"
    ) -> str:
        asked = {"authorization": f"Bearer {self._writer(trust).place.token(role)}", **headers}
        raw = {name.encode(): text.encode("latin-1") for name, text in asked.items()}
        return _code(await self._writer(trust).client.post(path, content=content, headers=raw))

    async def _get(self, trust: Trust, path: str, query: Mapping[str, str] | None = None) -> str:
        token = self._writer(trust).place.token("trust_leader")
        headers = {"authorization": f"Bearer {token}"}
        return _code(await self._writer(trust).client.get(path, params=query, headers=headers))


CODES = (
    *(
        "not_authenticated",
        "schools_only",
        "auditors_only",
        "services_only",
        "not_your_trust",
        "idempotency_key_missing",
    ),
    *("if_match_malformed", "version_conflict", "id_reused", "not_json", "invalid", "too_large", "reserved_text"),
    *("encoding_not_offered", "format_not_offered", "head_too_large", "trust_unclear", "too_many_wrong_secrets"),
    *("in_the_future", "too_long_ago", "event_unknown", "type_unknown", "http_404", "unknown_type", "school_unknown"),
    "text_unknown",
)


def _code(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    code: str = answer.json()["code"]
    return code
