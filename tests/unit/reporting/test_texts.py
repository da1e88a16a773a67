"""Opening personal texts: for whom it is allowed, in one question to the vault, and honest where it cannot be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY

from services.reporting.seeing.texts import ERASED, LOST, NOT_NOW, UNREADABLE, WRONG, Sealed, Texts
from services.reporting.signing_in.sessions import Person
from shared.contracts import codec
from shared.identity import Principal
from shared.vault import Keys
from shared.vault.master_key import another_vaults
from tests.support.key_ring import KeyRing

TRUST = "99001"
LEADER = Person(Principal("a", frozenset({"trust_leader"}), TRUST), "Leader of the trust")
HEAD = Person(Principal("b", frozenset({"school_leader"}), TRUST, frozenset({"900001"})), "Leader of Ashby")


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing()


def sealed(ring: KeyRing, text: str, *, urn: str | None = "900001", person_id: UUID | None = None) -> Sealed:
    stream, event_id = f"answer-{uuid4()}", uuid4()
    one = Sealed("", stream, event_id, "comment", TRUST, urn, person_id)
    return replace(one, token=ring.seal(one.subject, text, codec.place(stream, str(event_id), "comment")))


async def test_all_texts_of_a_page_are_one_question(ring: KeyRing) -> None:
    comment, name = sealed(ring, "Hard."), sealed(ring, "Ann", urn=None, person_id=uuid4())

    assert await Texts(ring).open(LEADER, [comment, name]) == {comment: "Hard.", name: "Ann"}
    assert ring.asked == [{f"stream:{comment.stream}", f"person:{name.person_id}"}]


async def test_who_may_not_read_a_text_does_not_get_it(ring: KeyRing) -> None:
    own, others, trusts = sealed(ring, "a"), sealed(ring, "b", urn="900002"), sealed(ring, "c", urn=None)
    elsewhere = replace(LEADER, principal=replace(LEADER.principal, trustuid="99002"))
    texts = Texts(ring)

    assert await texts.open(HEAD, [own, others, trusts]) == {own: "a"}
    assert await texts.open(None, [own, others, trusts]) == {}
    assert await texts.open(elsewhere, [own, others, trusts]) == {}
    assert ring.asked == [{f"stream:{own.stream}"}]


async def test_what_was_erased_says_so(ring: KeyRing) -> None:
    gone, there = sealed(ring, "a"), sealed(ring, "b")
    ring.erase(gone.subject)

    assert await Texts(ring).open(LEADER, [gone, there]) == {gone: ERASED, there: "b"}


async def test_what_was_erased_is_no_secret_and_what_is_there_stays_one(ring: KeyRing) -> None:
    gone, there = sealed(ring, "a", person_id=uuid4()), sealed(ring, "b", person_id=uuid4())
    ring.erase(gone.subject)

    assert await Texts(ring).erased([gone, there]) == {gone: ERASED}


async def test_a_lost_key_is_no_erasure_and_an_alarm(ring: KeyRing) -> None:
    gone, replaced = sealed(ring, "a"), sealed(ring, "b")
    del ring.keys[gone.subject], ring.keys[replaced.subject]
    ring.seal(replaced.subject, "said since", "another key in its place")
    before = REGISTRY.get_sample_value("baton_keys_lost_total", {"of": "stream"}) or 0

    assert await Texts(ring).open(LEADER, [gone, replaced]) == {gone: LOST, replaced: LOST}
    assert REGISTRY.get_sample_value("baton_keys_lost_total", {"of": "stream"}) == before + 2


async def test_a_text_that_was_moved_is_not_shown(ring: KeyRing) -> None:
    moved = replace(sealed(ring, "a"), event_id=uuid4())

    assert await Texts(ring).open(LEADER, [moved]) == {moved: UNREADABLE}


async def test_without_the_vault_or_its_master_key_the_page_still_has_its_figures(ring: KeyRing) -> None:
    @dataclass
    class Shut:
        why: Exception

        async def existing_keys(self, _: Iterable[str]) -> Keys:
            raise self.why

    comment = sealed(ring, "Hard.")

    assert await Texts(Shut(ConnectionRefusedError())).open(LEADER, [comment]) == {comment: NOT_NOW}
    assert await Texts(Shut(another_vaults())).open(LEADER, [comment]) == {comment: WRONG}
