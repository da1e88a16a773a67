"""What auditors read of a log over HTTP: its checkpoints, its key, and proofs. None of it holds personal data."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from shared.identity import asks_for, reach
from shared.problems import Problem, documented
from shared.runtime import Caller
from shared.sealing.sealing import Sealing
from shared.sealing.stored import Checkpoint, Missing, Tree
from shared.sealing.tree import Leaves, consistency, inclusion

largest_page = 1_000
largest_size = 2**63 - 1

_Size = Annotated[int, Query(ge=1, le=largest_size)]
_Hashes = Annotated[list[str], Field(description="In base64, in the order of RFC 6962, §2.1.")]


class CheckpointRead(BaseModel):
    """A checkpoint: its root in base64, and the signed note that says so."""

    size: int
    root: str
    sealed_at: datetime
    note: str


class CheckpointPage(BaseModel):
    """Checkpoints in the order of their sizes."""

    checkpoints: list[CheckpointRead]


class InclusionProof(BaseModel):
    """What proves that an event is in a tree."""

    logindex: int
    size: int
    hashes: _Hashes


class ConsistencyProof(BaseModel):
    """What proves that a tree began as an older one."""

    older: int = Field(serialization_alias="from")
    newer: int = Field(serialization_alias="to")
    hashes: _Hashes


def proofs_router(sealing: Sealing) -> APIRouter:
    """`GET /checkpoints…` and `GET /proofs/…`."""
    tree = sealing.tree
    router, deed = APIRouter(tags=["proofs"], dependencies=[Depends(_may_read_proofs)]), asks_for("read_proofs")

    @router.get(
        "/checkpoints/latest", response_class=PlainTextResponse, responses=documented(403, 404, 503), openapi_extra=deed
    )
    async def latest() -> str:
        """The newest checkpoint, as a signed note (C2SP tlog-checkpoint)."""
        return (await _newest(tree)).note

    @router.get("/checkpoints", responses=documented(403, 503), openapi_extra=deed)
    async def checkpoints(
        start: Annotated[int, Query(alias="from", ge=0, le=largest_size, description="The first size.")] = 0,
        limit: Annotated[int, Query(ge=1, le=largest_page, description="At most so many.")] = largest_page,
    ) -> CheckpointPage:
        """Checkpoints from a size on."""
        return CheckpointPage(checkpoints=[_read(one) for one in await tree.checkpoints(start, limit)])

    @router.get(
        "/checkpoints/key", response_class=PlainTextResponse, responses=documented(403, 503), openapi_extra=deed
    )
    async def key() -> str:
        """The verifier key that the notes are checked with (C2SP signed-note)."""
        return f"{(await sealing.signer()).verifier_key}\n"

    @router.get("/proofs/inclusion", responses=documented(403, 404, 422, 503), openapi_extra=deed)
    async def included(
        logindex: Annotated[int, Query(ge=0, le=largest_size, description="The event's log index.")],
        size: Annotated[_Size, Query(description="Of the tree that it is proven to be in.")],
    ) -> InclusionProof:
        """That an event is in the tree over the first events of the log."""
        await _check_sealed(tree, size)
        if logindex >= size:
            raise Problem(422, "not_in_tree", "The tree of this size ends before this event: ask with a larger size.")
        return InclusionProof(logindex=logindex, size=size, hashes=await _hashes(tree, inclusion(logindex, size)))

    @router.get("/proofs/consistency", responses=documented(403, 404, 422, 503), openapi_extra=deed)
    async def consistent(
        older: Annotated[_Size, Query(alias="from", description="The size of the older tree.")],
        newer: Annotated[_Size, Query(alias="to", description="The size of the newer one.")],
    ) -> ConsistencyProof:
        """That the tree over the first events began as the smaller one."""
        await _check_sealed(tree, newer)
        if older > newer:
            raise Problem(422, "not_in_tree", "The older tree is the smaller one: ask the other way round.")
        return ConsistencyProof(older=older, newer=newer, hashes=await _hashes(tree, consistency(older, newer)))

    return router


def _may_read_proofs(caller: Caller) -> None:
    if reach(caller, "read_proofs") is None:
        raise Problem(403, "auditors_only", "Proofs are for auditors, a trust's leaders, operators and services.")


def _read(found: Checkpoint) -> CheckpointRead:
    root = b64encode(found.root).decode()
    return CheckpointRead(size=found.size, root=root, sealed_at=found.sealed_at, note=found.note)


async def _newest(tree: Tree) -> Checkpoint:
    newest = await tree.newest()
    if newest is None:
        raise Problem(404, "not_sealed_yet", "So many events were not sealed yet: ask again in some seconds.")
    return newest


async def _check_sealed(tree: Tree, size: int) -> None:
    """A tree that no checkpoint covers may not be the one that is signed."""
    if (await _newest(tree)).size < size:
        raise Problem(404, "not_sealed_yet", "So many events were not sealed yet: ask again in some seconds.")


async def _hashes(tree: Tree, parts: Sequence[Leaves]) -> list[str]:
    try:
        return [b64encode(root).decode() for root in await tree.roots(parts)]
    except Missing as missing:
        raise Problem(503, "tree_incomplete", f"The log is not whole any more: {missing}.") from None
