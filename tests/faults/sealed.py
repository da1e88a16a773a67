"""What the oracle says of checkpoints: the auditors' own code reads them and makes the trees again from the stores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from tests.faults.history import HOLDERS, Anomaly, History, Holder
from verifier.checkpoint import Checkpoint
from verifier.note import Key, SignatureError
from verifier.tree import Tree, leaf_hash

_OUTSIDE = tuple(where for where in HOLDERS if where != "store")


def wrong(history: History) -> Iterator[Anomaly]:
    """Everything that is wrong with the checkpoints of each service."""
    for service in sorted({event.service for event in history.stored} | {sealed.service for sealed in history.sealed}):
        held = _held(history, service)
        yield from _forks(history, service, held)
        yield from _unseen(history, service, held)
        yield from _phantoms(service, held)
        yield from _inversions(service, held["file"])


def _held(history: History, service: str) -> dict[Holder, list[Checkpoint]]:
    held: dict[Holder, list[Checkpoint]] = {where: [] for where in HOLDERS}
    for sealed in history.sealed:
        if sealed.service == service:
            held[sealed.where].append(Checkpoint.of(sealed.note))
    return held


def _forks(history: History, service: str, held: dict[Holder, list[Checkpoint]]) -> Iterator[Anomaly]:
    roots, keys = _roots(history, service), [Key.of(history.keys[service])] if service in history.keys else []
    for where, checkpoints in held.items():
        for one in checkpoints:
            if one.size >= len(roots):
                says = f"{where} holds one of {one.size} events, and the log has {len(roots) - 1}"
            elif one.root != roots[one.size]:
                says = f"{where} holds another root for {one.size} events than they make"
            elif not _is_signed(one, keys):
                says = f"{where} holds one of {one.size} events that its key did not sign"
            else:
                continue
            yield Anomaly("checkpoint-fork", service, says)


def _roots(history: History, service: str) -> list[bytes]:
    """The root over the first events of a log, for each number of them from 0 on."""
    numbered = {e.logindex: e.hash for e in history.stored if e.service == service and e.logindex is not None}
    tree, roots = Tree(), [Tree().root()]
    for logindex in sorted(numbered):
        tree.append(leaf_hash(numbered[logindex]))
        roots.append(tree.root())
    return roots


def _is_signed(checkpoint: Checkpoint, keys: Sequence[Key]) -> bool:
    try:
        return checkpoint.note.is_signed_by(keys)
    except SignatureError:
        return False


def _unseen(history: History, service: str, held: dict[Holder, list[Checkpoint]]) -> Iterator[Anomaly]:
    numbered = [e for e in history.stored if e.service == service and e.logindex is not None]
    newest = max((one.size for one in held["store"]), default=0)
    if newest < len(numbered):
        yield Anomaly("unseen", service, f"{newest} of {len(numbered)} events are sealed")
    for where in _OUTSIDE:
        there = {one.size for one in held[where]}
        for one in held["store"]:
            if one.size not in there:
                yield Anomaly("unseen", f"{service} checkpoint {one.size}", f"{where} does not hold it")


def _phantoms(service: str, held: dict[Holder, list[Checkpoint]]) -> Iterator[Anomaly]:
    stored = {one.size for one in held["store"]}
    for where in _OUTSIDE:
        for one in held[where]:
            if one.size not in stored:
                yield Anomaly(
                    "phantom", f"{service} checkpoint {one.size}", f"{where} holds it, and the store does not"
                )


def _inversions(service: str, file: Sequence[Checkpoint]) -> Iterator[Anomaly]:
    """The last in the file is what a restored database is held to, so that none may stand behind a larger one."""
    for before, after in pairwise(file):
        if after.size <= before.size:
            where = f"{service} checkpoint {after.size}"
            yield Anomaly("order-inversion", where, f"in the file it stands behind that of {before.size}")
