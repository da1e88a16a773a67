"""Fuzzing the whole pipeline on a real database: what has its schema's form is not `invalid`, all else is refused."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import uuid4

import httpx
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from deploy.description import SERVICES, ServiceDescription
from shared.documents.refusals import refusals_of
from shared.intake import Admission
from shared.intake.reading import batch_type
from shared.writer import answering
from tests.fuzz.shapes import values, wronged
from tests.integration.hostile.bodies import Claim, admissions
from tests.integration.test_random_requests import SCHOOLS, told_of_the_register
from tests.stack import Stack
from tests.support.writer import COLLABORATION, CPD, Place, inside, place

WRITERS = [service for service in SERVICES if service.is_writer]
Receipt = Mapping[str, Any]


@dataclass
class Pipeline:
    """One writer's HTTP door, in this process. Claims are sent from another thread than the service's."""

    place: Place
    client: httpx.AsyncClient
    loop: asyncio.AbstractEventLoop
    answered: Counter[tuple[str, str | None]] = field(default_factory=Counter)

    @cached_property
    def admissions(self) -> Mapping[str, Admission]:
        return admissions(self.place.service.name)  # type: ignore[arg-type]  # a writer's

    @cached_property
    def codes(self) -> frozenset[str]:
        found = refusals_of([f"services.{self.place.service.name}", *answering])
        return frozenset(refusal.code for refusal in found)

    @cached_property
    def validators(self) -> Mapping[str, Draft202012Validator]:
        """By type. A format says what is meant; how a day or an id is written besides is not looked at."""
        return {name: Draft202012Validator(a.json_schema()) for name, a in self.admissions.items()}

    def claims(self) -> st.SearchStrategy[list[tuple[Claim, bool]]]:
        """A few claims of any types, and of each whether it was made as its schema says."""
        return st.lists(st.one_of(*(self._claim(name, a) for name, a in self.admissions.items())), max_size=6)

    def _claim(self, type_name: str, admission: Admission) -> st.SearchStrategy[tuple[Claim, bool]]:
        schema = admission.json_schema()
        data = st.tuples(values(schema), st.just(True)) | st.tuples(wronged(schema), st.just(False))
        return data.map(lambda made: ({**_always, "type": type_name, "data": made[0]}, made[1]))

    def check(self, sent: Sequence[tuple[Claim, bool]], role: str) -> None:
        """Say them, dry and for real: each has one documented answer."""
        claims = [{**claim, "id": str(uuid4())} for claim, _ in sent]
        if not claims:
            return
        for dry_run in (True, False):
            receipts = self._posted(claims, role, dry_run=dry_run)
            assert len(receipts) == len(claims)
            for (claim, is_made_well), receipt in zip(sent, receipts, strict=True):
                self._check(claim, receipt, is_made_well=is_made_well)
                self.answered[receipt["outcome"], receipt.get("code")] += 1

    def _check(self, claim: Claim, receipt: Receipt, *, is_made_well: bool) -> None:
        assert receipt["outcome"] in {"accepted", "duplicate", "refused", "parked"}
        code = receipt.get("code")
        assert code is None or code in self.codes
        if is_made_well:
            assert code not in {"invalid", "not_json", "reserved_text"}, (claim["type"], receipt)
        elif not self.validators[claim["type"]].is_valid(claim["data"]):
            assert receipt["outcome"] == "refused", (claim["type"], receipt)

    def _posted(self, claims: Sequence[Claim], role: str, *, dry_run: bool) -> list[Receipt]:
        token = self.place.token(role, urns=() if role == "trust_leader" else (SCHOOLS[0],))  # type: ignore[arg-type]
        asked = self.client.post(
            f"/events?dry_run={str(dry_run).lower()}",
            content=json.dumps(claims),
            headers={"authorization": f"Bearer {token}", "content-type": batch_type},
        )
        response = asyncio.run_coroutine_threadsafe(asked, self.loop).result(60)
        assert response.status_code == httpx.codes.OK, response.text
        return list(response.json())


_always = {"specversion": "1.0", "source": "/fuzz"}


@asynccontextmanager
async def pipeline(stack: Stack, service: ServiceDescription) -> AsyncIterator[Pipeline]:
    """A writer that has heard of two schools and three people."""
    async with place(stack, service, kafka_runs=False) as here, inside(here) as client:
        if service in (CPD, COLLABORATION):
            await told_of_the_register(here)
        yield Pipeline(here, client, asyncio.get_running_loop())
