"""D6, of every type: what was said in the demo, said by a school whose business it is not, where all of it is there.

What names its school is refused by that (tests/integration/hostile/test_spoofed.py). Here it is also what a school may
know of others by its id alone: somebody's engagement, an offer of capacity, a review.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest

from deploy.baton.demo import SEED
from deploy.demo.half_term import half_term
from deploy.demo.plan import Saying
from deploy.demo.trust import SCHOOLS, UID
from deploy.description import SERVICES
from deploy.settings import StackSettings
from deploy.tokens import development_token
from shared.identity import Principal

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]

ELSEWHERE = "900099"
"""A school that has no part in the demo, for what is every school's business."""
_ids = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_urns = re.compile(r"\b9000[01][0-9]\b")


@pytest.mark.parametrize("service", [service for service in SERVICES if service.is_writer], ids=lambda s: s.name)
async def test_no_school_does_what_is_not_its_business(demo: StackSettings, service: Any) -> None:
    said = [saying for saying in _first_and_last() if saying.service == service.name]
    by_stranger: defaultdict[str, list[Saying]] = defaultdict(list)
    for saying, stranger in zip(said, _strangers(said), strict=True):
        by_stranger[stranger].append(saying)

    async with httpx.AsyncClient(base_url=demo.url(service), timeout=60, trust_env=False) as client:
        answers = [
            (saying.id, answer)
            for stranger, sayings in by_stranger.items()
            for saying, answer in zip(sayings, await _said_by(client, demo, stranger, sayings), strict=True)
        ]

    assert len(said) > 30
    assert [found for found in answers if not _is_refused(found[1])] == []
    codes = {answer.get("code") for _, answer in answers}
    assert codes <= {"not_your_school", "trust_only", None}


def _is_refused(answer: dict[str, Any]) -> bool:
    """Or it was done before, word for word, so that nothing would come of it."""
    return answer["outcome"] == "refused" or (answer["outcome"] == "accepted" and not answer.get("streams"))


def _first_and_last() -> Iterator[Saying]:
    """The first and the last that is said of each type."""
    sayings: defaultdict[str, list[Saying]] = defaultdict(list)
    for saying in half_term(SEED).taken():
        if saying.door != "command" or saying.event != "SkillsGapForecast":  # a question, and no claim
            sayings[saying.type].append(saying)
    for said in sayings.values():
        yield from (said[0], said[-1])


def _strangers(said: Sequence[Saying]) -> list[str]:
    """A school for each whose business it is not: it is not named wherever what this speaks of is."""
    schools_of: defaultdict[str, set[str]] = defaultdict(set)
    for saying in half_term(SEED).taken():
        text = json.dumps(saying.data)
        for id_ in _ids.findall(text):
            schools_of[id_] |= {*_urns.findall(text), *saying.speaker.urns}
    found = []
    for saying in said:
        concerned = {urn for id_ in _ids.findall(json.dumps(saying.data)) for urn in schools_of[id_]}
        named = concerned | {*_urns.findall(json.dumps(saying.data)), *saying.speaker.urns}
        found.append(next((school.urn for school in SCHOOLS if school.urn not in named), ELSEWHERE))
    return found


async def _said_by(
    client: httpx.AsyncClient, demo: StackSettings, urn: str, sayings: Sequence[Saying]
) -> list[dict[str, Any]]:
    """What would be answered to a school."""
    stranger = Principal("stranger", frozenset({"school_system"}), UID, frozenset({urn}))
    batch = [
        {"specversion": "1.0", "id": f"spoofed-{number}", "source": "/stranger", "type": said.type, "data": said.data}
        for number, said in enumerate(sayings)
    ]
    headers = {
        "authorization": f"Bearer {development_token(demo, stranger, lasts=timedelta(hours=1))}",
        "content-type": "application/cloudevents-batch+json",
    }
    response = await client.post("/events?dry_run=true", content=json.dumps(batch), headers=headers)
    answers: list[dict[str, Any]] = response.raise_for_status().json()
    return answers
