"""What one service's log shows, one alteration at a time: every finding of it, in its order, and no other."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.contracts.envelope import chain_hash
from tests.support import small_store
from verifier.checkpoint import Checkpoint
from verifier.finding import Finding
from verifier.history import trusted, verify
from verifier.holes import Holes
from verifier.log import Verdict

LOG = small_store.Log()
ROWS = small_store.rows(random.Random(2), 30)
STREAM = next(row["stream"] for row in ROWS if sum(other["stream"] == row["stream"] for other in ROWS) > 4)
OF_STREAM = [row["logindex"] for row in ROWS if row["stream"] == STREAM]


def verdict(rows: Sequence[dict[str, Any]], *sizes: int, more: Sequence[Checkpoint] = ()) -> Verdict:
    """What is said of these rows by what was signed of the true ones."""
    kept = [*(LOG.checkpoint(ROWS, size) for size in sizes), *more]
    [found] = verify(small_store.lines(rows), trusted(kept, [LOG.verifier_key])).verdicts
    return found


def told(findings: Sequence[Finding]) -> list[tuple[str, int | None, int | None]]:
    return [(finding.kind, finding.logindex, finding.last) for finding in findings]


def renumbered(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """As somebody leaves them who changes their numbers in the log and nothing that is hashed."""
    return [{**row, "logindex": number} for number, row in enumerate(rows)]


def test_an_event_that_was_changed_with_its_own_hash_is_not_the_one_that_the_next_names() -> None:
    at, after = OF_STREAM[1:3]
    row = {**ROWS[at], "record": b"{}"}
    row["hash"] = chain_hash(row["prev_hash"], row["meta"], row["record"])

    found = verdict([*ROWS[:at], row, *ROWS[at + 1 :]], 30)

    assert told(found.findings) == [("link", after, None), ("root", 0, 29)]
    assert (found.findings[0].stream, found.findings[0].version) == (STREAM, 3)


def test_an_event_that_is_gone_and_left_no_hole_in_the_log_is_missing_in_its_stream() -> None:
    at, after = OF_STREAM[1:3]

    found = verdict(renumbered([*ROWS[:at], *ROWS[at + 1 :]]), 29)

    assert told(found.findings) == [("missing", after - 1, None), ("root", 0, 28)]
    assert (found.findings[0].stream, found.findings[0].version) == (STREAM, 2)


def test_events_that_changed_places_are_out_of_order_in_their_stream() -> None:
    first, second, third = OF_STREAM[1:4]
    rows = [*ROWS]
    rows[first], rows[second], rows[third] = rows[third], rows[second], rows[first]

    found = verdict(renumbered(rows), 30)

    assert told(found.findings) == [("order", second, None), ("order", third, None), ("root", 0, 29)]


def test_an_event_that_comes_again_is_a_duplicate_and_nothing_else_is_wrong() -> None:
    at = OF_STREAM[1]

    again = verdict([*ROWS[:29], ROWS[at], ROWS[29]], 30)
    in_its_stream = verdict(renumbered([*ROWS[:29], ROWS[at], ROWS[29]]), 29)

    assert told(again.findings) == [("duplicate", at, None)]
    assert told(in_its_stream.findings) == [("duplicate", 29, None)]


def test_several_holes_are_told_apart() -> None:
    found = verdict([row for row in ROWS if row["logindex"] not in (3, 4, 9)], 20)

    assert told(found.findings)[:2] == [("missing", 3, 4), ("missing", 9, 9)]
    assert {finding.kind for finding in found.findings} == {"missing"}


def test_the_first_place_is_told_first_whatever_is_wrong_there() -> None:
    rows = [*ROWS[:3], *ROWS[4:20], {**ROWS[20], "record": b"{}"}, *ROWS[21:]]

    found = verdict([*rows[:1], {**rows[1], "record": b"{}"}, *rows[2:]], 30)

    assert told(found.findings)[:2] == [("content", 1, None), ("missing", 3, 3)]
    assert ("content", 20, None) in told(found.findings)[2:]


def test_a_hole_is_filled_number_by_number() -> None:
    holes = Holes()
    holes.passed(3, 7)

    assert [holes.fill(number) for number in (5, 5, 2, 8, 3, 7, 4)] == [True, False, False, False, True, True, True]
    assert holes.ranges == [(6, 6)]


def test_what_does_not_fit_a_checkpoint_lies_after_the_last_that_it_fits() -> None:
    rows = small_store.made_anew([*ROWS[:17], {**ROWS[17], "record": b"{}"}, *ROWS[18:]])

    found = verdict(rows, 5, 15, 20, 28)

    assert told(found.findings) == [("root", 15, 19)]
    assert (found.holds, found.witnessed, found.unwitnessed) == (15, 28, 2)


def test_two_histories_that_were_both_signed_are_told_as_such() -> None:
    rows = small_store.made_anew([*ROWS[:17], {**ROWS[17], "record": b"{}"}, *ROWS[18:]])

    later = verdict(rows, 15, 20, more=[LOG.checkpoint(rows, 25)])
    of_one_size = verdict(rows, 15, 20, more=[LOG.checkpoint(rows, 20)])

    assert told(later.findings) == [("root", 15, 19), ("inconsistent", 15, 24)]
    assert later.holds == 15
    assert told(of_one_size.findings) == [("root", 15, 19), ("inconsistent", 0, 19)]


def test_a_log_is_signed_by_its_own_key_alone() -> None:
    """Another service's key, which was given for its own log, says nothing about this one."""
    talent = replace(LOG, origin="baton.local/talent", key=Ed25519PrivateKey.from_private_bytes(bytes(32)))
    signed_by_talent = talent.checkpoint(ROWS, 9).note.signatures
    ours = LOG.checkpoint(ROWS, 9)
    theirs = replace(ours, note=replace(ours.note, body=ours.note.body, signatures=signed_by_talent))

    found = trusted([theirs], [talent.verifier_key, LOG.verifier_key])

    assert not found.signed
    assert not found.findings
