"""A name that is planted in whatever a trust holds, and everywhere that it can be read: at rest, and as given out."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import product
from pathlib import Path
from uuid import uuid4

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from deploy.description import VAULT
from services.reporting.reports import reports
from services.reporting.web.forms import forms
from shared.contracts import codec
from shared.intake import keeping
from shared.intake.parking import Parking
from shared.messaging import to_school_topic
from shared.vault import ErasedSubjectError
from tests.support import everything
from tests.support.process import Process, opened
from tests.support.whole_trust import WholeTrust

_NEEDLE = f"quixote-{uuid4().hex[:8]}"  # one word: however a text is wrapped or put into an address, it stays whole
NAME = f"Zebedee {_NEEDLE}"
EMAIL = f"zebedee.{_NEEDLE}@example.org"
_FORMS = (_NEEDLE.encode(), _NEEDLE.encode().hex().encode())


def is_in(content: bytes) -> bool:
    """Whether the name can be read there: as it is, as the hexadecimal of bytes, or in what a zip file packs."""
    return any(form in content for form in _FORMS) or any(map(is_in, _unzipped(content)))


def _unzipped(content: bytes) -> Iterator[bytes]:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as files:
            yield from map(files.read, files.namelist())


async def at_rest(trust: WholeTrust) -> set[str]:
    """Where it is kept: tables, topics, disks, logs, and whatever the keys open that there are."""
    found = {name for name, content in (await everything.topics(trust.kafka.bootstrap)).items() if is_in(content)}
    found |= {f"disk: {name}" for name, held in everything.segments(trust.kafka.directory).items() if is_in(held)}
    for database in (*trust.places, VAULT):
        async with trust.superuser(database) as connection:
            columns = everything.columns(connection)
            found |= {f"{database}: {column}" async for column, content in columns if is_in(content)}
    for name, at in trust.writers.items():
        async with opened(at) as process:
            found |= {f"{name}: {where}" async for where, text in _opened(process) if is_in(text)}
    return found | {f"log: {name}" for name, text in (await logs(trust)).items() if is_in(text)}


async def logs(trust: WholeTrust) -> dict[str, bytes]:
    """What was logged: by the services, by Postgres and by Kafka, and what these files are called."""
    async with trust.superuser("talent") as connection:
        data = Path(await connection.fetchval("show data_directory"))
    files = [*data.parent.glob("*.log"), *trust.kafka.directory.parent.rglob("*.log")]
    own = {str(file): file.read_bytes() for file in files if trust.kafka.directory / "data" not in file.parents}
    return {"services": trust.logged.getvalue().encode(), **own}


async def _opened(process: Process) -> AsyncIterator[tuple[str, bytes]]:
    """What the vault's keys open of a service's tables."""
    vault, pool = process.vault, process.store.pool
    for row in await pool.fetch("select stream, id, type, record from event"):
        event = codec.decode(row["type"], row["record"])
        subjects = codec.subjects(event, row["stream"])
        found = await vault.existing_keys(subjects.values())
        for field, subject in subjects.items():
            with suppress(ErasedSubjectError):
                text = found.open(subject, getattr(event, field), codec.place(row["stream"], str(row["id"]), field))
                yield f"{row['type']} {field}", text.encode()
    for row in await pool.fetch("select * from kept_claim"):
        for kept in await keeping.kept(pool, vault, row["id"]):
            yield "kept_claim", kept.body
    for parked in await Parking(process.store, vault).all():
        yield "parked_claim", json.dumps(parked.content).encode()


async def to_school(trust: WholeTrust, urn: str) -> bytes:
    """What a school's topic holds."""
    records = await trust.places["collaboration"].records(to_school_topic(urn))
    return b"\n".join(record.value or b"" for record in records)


async def given_out(app: FastAPI, client: httpx.AsyncClient, **parts: Iterable[str]) -> dict[str, bool]:
    """Every address of a service that is answered to whom asks with this client, and whether the name is given there.

    Args:
        parts: the values of the parts of an address, such as `urn`; and `query`, of what stands behind it.
    """
    values = {"model": sorted(reports), "name": sorted(forms), **{name: [*some] for name, some in parts.items()}}
    found = {}
    for address in _addresses(app, values):
        answer = await client.get(address)
        assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, (address, answer.text)
        if answer.is_success:
            found[address] = is_in(answer.content) or is_in(str(answer.headers).encode())
    return found


def _addresses(app: FastAPI, values: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """What of an application can be got; not what has no end, is the same for everybody, or needs a link of its own."""
    paths = {route.path or "" for route in iter_route_contexts(app.routes) if "GET" in (route.methods or ())}
    for path in sorted(paths - _NOT_ASKED):
        parts = [part.partition(":")[0] for part in _PART.findall(path)]
        for chosen in product(*(values[part] for part in parts)):
            yield from (f"{_PART.sub('{}', path).format(*chosen)}{query}" for query in values["query"])


_PART = re.compile(r"\{([^}]+)\}")
_DOCUMENTS = {"/docs", "/docs/asyncapi", "/docs/oauth2-redirect", "/openapi.json", "/asyncapi.json"}
_NOT_ASKED = _DOCUMENTS | {"/live", "/static/{name}", "/schemas/{type_name}", "/a/{token}", "/post/off/{token}"}
