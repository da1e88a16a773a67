"""A witness signs what begins as it did, and nothing else: of a log that is honest, and of one that lies."""

from __future__ import annotations

import random
import re
from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.auditing.logs import Log
from deploy.auditing.witnessing import Notebook, Seen, Witness
from deploy.door import Door
from deploy.errors import Unmet
from tests.support import small_store
from verifier.checkpoint import checkpoints
from verifier.history import UnclearError
from verifier.tree import consistency_proof, leaf_hash

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
WITNESS = Witness("auditor.example", Ed25519PrivateKey.from_private_bytes(bytes(32)))
LOG = small_store.Log()
OTHERS = replace(LOG, key=Ed25519PrivateKey.from_private_bytes(bytes([1] * 32)))
ROWS = small_store.rows(random.Random(6), 40)


@dataclass
class Speaker:
    """What answers for a log, true or not: no writer of ours says what some of these say."""

    rows: list[dict[str, Any]]
    size: int
    signed_by: small_store.Log = LOG

    def log(self) -> Log:
        client = httpx.AsyncClient(base_url="http://collaboration", transport=httpx.MockTransport(self._answer))
        return Log(Door("collaboration", client))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        match request.url.path:
            case "/checkpoints/key":
                return httpx.Response(200, text=f"{self.signed_by.verifier_key}\n")
            case "/checkpoints/latest" if self.size == 0:
                return httpx.Response(404, json={"code": "not_sealed_yet", "detail": "Ask again."})
            case "/checkpoints/latest":
                return httpx.Response(200, text=str(self.signed_by.checkpoint(self.rows, self.size).note))
            case _:
                old, leaves = int(request.url.params["from"]), [leaf_hash(row["hash"]) for row in self.rows]
                hashes = consistency_proof(leaves[: int(request.url.params["to"])], old)
                return httpx.Response(200, json={"hashes": [b64encode(hash_).decode() for hash_ in hashes]})


class Auditor:
    """An auditor's files, and their visits."""

    def __init__(self, directory: Path) -> None:
        self.kept, self.keys = directory / "checkpoints.txt", directory / "keys.txt"
        self.refused = directory / "checkpoints.txt.refused"
        self.notebook = Notebook(self.kept, self.keys)

    async def visit(self, speaker: Speaker) -> Seen:
        return await self.notebook.visit(speaker.log(), WITNESS, NOW)

    def sizes(self) -> list[int]:
        return [one.size for one in checkpoints(self.kept.read_text())]


@pytest.fixture
def auditor(tmp_path: Path) -> Auditor:
    return Auditor(tmp_path)


async def test_what_grows_is_cosigned_and_kept(auditor: Auditor) -> None:
    outcomes = [(await auditor.visit(Speaker(ROWS, size))).outcome for size in (0, 5, 5, 12, 40)]

    assert outcomes == ["empty", "first", "unchanged", "grown", "grown"]
    assert auditor.sizes() == [5, 12, 40]
    assert auditor.keys.read_text() == f"{LOG.verifier_key}\n"
    for kept in checkpoints(auditor.kept.read_text()):
        assert kept.note.is_signed_by([LOG.verifier_key])
        assert kept.note.is_signed_by([WITNESS.verifier_key])


async def test_another_history_is_refused_and_what_it_said_is_kept(auditor: Auditor) -> None:
    changed = small_store.made_anew([{**ROWS[0], "record": b"{}"}, *ROWS[1:]])
    await auditor.visit(Speaker(ROWS, 12))
    for size, why in ((40, "does not begin"), (12, "does not begin"), (7, "had 12"), (0, "had 12")):
        seen = await auditor.visit(Speaker(changed, size))

        assert seen.outcome == "refused"
        assert why in seen.says
    assert auditor.sizes() == [12]
    assert [one.size for one in checkpoints(auditor.refused.read_text())] == [40, 12, 7]


async def test_another_key_is_refused(auditor: Auditor) -> None:
    await auditor.visit(Speaker(ROWS, 12))

    seen = await auditor.visit(Speaker(ROWS, 20, OTHERS))

    assert (seen.outcome, auditor.sizes()) == ("refused", [12])
    assert "not signed by the key" in seen.says


async def test_another_log_is_refused(auditor: Auditor) -> None:
    seen = await auditor.visit(Speaker(ROWS, 12, replace(LOG, origin="baton.local/talent")))

    assert seen.outcome == "refused"
    assert "is of baton.local/talent" in seen.says


async def test_damaged_files_are_no_finding(auditor: Auditor, tmp_path: Path) -> None:
    auditor.kept.write_text("nothing")

    with pytest.raises(UnclearError, match="checkpoint 1"):
        await auditor.visit(Speaker(ROWS, 12))
    with pytest.raises(Unmet, match="--new-key"):
        Witness.of(tmp_path / "witness.key")
    with pytest.raises(Unmet, match="no witness's key"):
        Witness.of(auditor.kept)


def test_a_witness_is_kept_as_one_line(tmp_path: Path) -> None:
    path = tmp_path / "witness.key"
    path.write_text(str(WITNESS))

    assert str(Witness.of(path)) == str(WITNESS)
    assert re.fullmatch(r"PRIVATE\+KEY\+auditor\.example\+[0-9a-f]{8}\+\S+\n", str(WITNESS))
