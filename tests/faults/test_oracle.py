"""The oracle names what is planted into a clean history, and nothing where nothing is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.contracts.envelope import chain_hash
from shared.messaging import Delivered
from shared.sealing.note import Signer
from shared.sealing.tree import CompactRange
from tests.faults.history import HOLDERS, Asked, Entered, History, Place, Published, Sealed, Stored
from tests.faults.oracle import ANOMALIES, judge
from tests.faults.planting import PLANTS, Plant, repeated
from tests.support import fold
from tests.support.story import Story, again
from tests.support.teller import line

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
TRUSTS = ("99001", "99002")
SIGNER = Signer("baton.test/talent", Ed25519PrivateKey.generate())


@pytest.fixture
def told() -> list[Delivered]:
    """Two trusts declare some counts, each a few times."""
    told = []
    for trust in TRUSTS:
        story = Story(now=START, trust=trust)
        for count in range(1, 5):
            for area in ("Dene", "Tyne"):
                story.later(seconds=1)
                story.declares(f"{area} of {trust}", "NLE", "leader", count=count, as_at=START.date())
        told += story.told
    return [again(d, correlation_id=f"claim-{n}") for n, d in enumerate(told)]


@pytest.fixture
def clean(told: list[Delivered]) -> History:
    return history(told)


def history(told: Iterable[Delivered]) -> History:
    """The history of a system that holds these events as it should."""
    numbered = [Delivered(d.meta, n, d.record) for n, d in enumerate(told)]
    lines = [line(delivered) for delivered in numbered]
    rows = fold.rows("roles", lines, START + timedelta(hours=1))
    stored = _stored(numbered)
    return History(
        asked=[_asked(d) for d in numbered],
        stored=stored,
        published=[_published(d) for d in numbered],
        entered=[_entered(d) for d in numbered],
        heads={(d.envelope.service, d.envelope.stream): d.envelope.version for d in numbered},
        places=[Place(topic="talent.events", partition=0, next=len(numbered), first=0, end=len(numbered))],
        sealed=[*_sealed(stored)],
        keys={"talent": SIGNER.verifier_key},
        reports={"roles": [{**row, "functions": "said elsewhere"} for row in rows]},
        reported_at=START + timedelta(hours=1),
    )


def _asked(delivered: Delivered) -> Asked:
    envelope = delivered.envelope
    at = float(delivered.logindex)
    return Asked(
        id=envelope.correlation_id,
        service=envelope.service,
        trustuid=envelope.trustuid,
        line=envelope.stream,
        outcome="ok",
        asked_at=at,
        answered_at=at + 0.5,
        tries=1,
    )


def _stored(events: Iterable[Delivered]) -> list[Stored]:
    heads: dict[str, bytes] = {}
    stored = []
    for delivered in events:
        envelope, head = delivered.envelope, heads.get(delivered.envelope.stream, bytes(32))
        heads[envelope.stream] = chain_hash(head, delivered.meta, delivered.record)
        stored.append(
            Stored(
                service=envelope.service,
                logindex=delivered.logindex,
                stream=envelope.stream,
                version=envelope.version,
                id=str(envelope.id),
                meta=delivered.meta,
                record=delivered.record,
                prev_hash=head,
                hash=heads[envelope.stream],
            )
        )
    return stored


def _sealed(stored: Sequence[Stored]) -> Iterator[Sealed]:
    """A checkpoint after every third event and after the last, which everybody holds."""
    tree = CompactRange(0, [])
    for size, event in enumerate(stored, start=1):
        tree.extend([event.hash])
        if size % 3 == 0 or size == len(stored):
            for where in HOLDERS:
                yield Sealed(service=event.service, where=where, note=SIGNER.note(size, tree.root))


def _published(delivered: Delivered) -> Published:
    envelope = delivered.envelope
    return Published(
        service=envelope.service,
        partition=0,
        offset=delivered.logindex,
        at=0.0,
        logindex=delivered.logindex,
        stream=envelope.stream,
        version=envelope.version,
        id=str(envelope.id),
        meta=delivered.meta,
        record=delivered.record,
    )


def _entered(delivered: Delivered) -> Entered:
    envelope = delivered.envelope
    return Entered(
        service=envelope.service,
        logindex=delivered.logindex,
        stream=envelope.stream,
        version=envelope.version,
        id=str(envelope.id),
        trustuid=envelope.trustuid,
        meta=delivered.meta,
        record=delivered.record,
        visible_at=envelope.time + timedelta(milliseconds=300),
        parked=False,
    )


def test_nothing_is_wrong_with_a_clean_history(clean: History) -> None:
    assert judge(clean) == []


def test_a_repeat_on_a_topic_is_allowed(clean: History) -> None:
    assert judge(repeated(clean)) == []


def test_what_a_fact_caused_was_asked_for_by_nobody(told: list[Delivered]) -> None:
    *asked, last = told
    cause = asked[-1].envelope.correlation_id
    caused = history([*asked, again(last, correlation_id=cause, chain_depth=1)])

    assert judge(replace(caused, asked=caused.asked[:-1])) == []


def test_an_answer_that_never_came_may_be_either_way(clean: History) -> None:
    for asked in clean.asked:
        asked.outcome = "unknown"
    never = Asked(id="nobody-knows", service="talent", trustuid="99001", outcome="unknown")

    assert judge(clean) == []
    assert judge(History(asked=[never])) == []


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_what_is_planted_is_named(clean: History, plant: Plant) -> None:
    found = {anomaly.name for anomaly in judge(plant(clean))}

    assert PLANTS[plant] in found


def test_every_anomaly_has_been_planted() -> None:
    assert set(PLANTS.values()) == set(ANOMALIES)
