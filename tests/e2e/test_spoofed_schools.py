"""D6, of every type: what was said in the demo, said by a school whose business it is not, where all of it is there.

What names its school is refused by that (tests/integration/hostile/test_spoofed.py). Here it is also what a school may
know of others by its id alone: somebody's engagement, an offer of capacity, a review.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest

from deploy.demo.plan import Saying
from deploy.demo.trust import UID
from deploy.description import SERVICES
from deploy.settings import StackSettings
from deploy.tokens import development_token
from shared.identity import Principal
from tests.support.strangers import Strangers, by_type

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]


@pytest.mark.parametrize("service", [service for service in SERVICES if service.is_writer], ids=lambda s: s.name)
async def test_no_school_does_what_is_not_its_business(demo: StackSettings, service: Any) -> None:
    said = [saying for saying in _first_and_last() if saying.service == service.name]
    strangers = Strangers()
    by_stranger: defaultdict[str, list[Saying]] = defaultdict(list)
    for saying in said:
        by_stranger[strangers.to(saying)].append(saying)

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
    for type_, said in by_type().items():
        if type_ != "uk.mat.talent.SkillsGapForecast.v1":  # a question, and no claim
            yield from (said[0], said[-1])


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
