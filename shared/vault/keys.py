"""Keys and what they seal: AES-256-GCM for texts, and AES key wrap (RFC 3394) for the keys, under the master key."""

from __future__ import annotations

import hmac
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import asyncpg
import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from prometheus_client import Counter
from uuid_utils.compat import uuid7

from shared.contracts.vocabulary import sealed_prefix
from shared.gathering import Gathering
from shared.vault.master_key import another_vaults, key_bytes

nonce_bytes = 12
padded_to = 64
cached_seconds = 60.0
cached_keys = 5_000  # about 3 KB each
under_way_seconds = 60.0
"""How long what began with a remembered key may go on: until the vault has given others, and the store has appended."""
_proof = "master-key-proof"

log = structlog.get_logger()


class ErasedSubjectError(RuntimeError):
    """The subject's key was destroyed on request: nothing can be sealed for them or opened any more."""


class LostKeyError(RuntimeError):
    """The key that a text was sealed with is gone, and nobody destroyed it on request: an accident, and an alarm."""


def schema() -> str:
    """The vault's tables."""
    return Path(__file__).with_name("schema_1.sql").read_text(encoding="utf-8")


def grants(app_role: str, *, writer: bool) -> str:
    """What a service's role may do in the vault: a reader of history only opens, a writer makes keys too."""
    rights = "select, insert" if writer else "select"
    return f'grant {rights} on subject_key to "{app_role}";grant select, insert on service_key to "{app_role}";'


def own_service_keys() -> str:
    """What lets each service's role see and make, of the services' keys, its own alone, and the proof."""
    return Path(__file__).with_name("schema_2.sql").read_text(encoding="utf-8")


def erasing(*app_roles: str) -> str:
    """What lets these roles destroy subjects' keys."""
    script = Path(__file__).with_name("schema_3.sql").read_text(encoding="utf-8")
    return script + "".join(f'grant execute on function erase_subjects to "{role}";' for role in app_roles)


@dataclass(frozen=True, slots=True)
class Key:
    """One subject's key."""

    id: UUID
    cipher: AESGCM

    def seal(self, text: str, place: str) -> str:
        """A token for a text, bound to its place; padded, so that its length tells little."""
        plain = text.encode()
        plain += bytes(-len(plain) % padded_to)
        nonce = os.urandom(nonce_bytes)
        sealed = nonce + self.cipher.encrypt(nonce, plain, place.encode())
        return f"{sealed_prefix}1:{self.id.hex}:{urlsafe_b64encode(sealed).decode()}"

    def sealed(self, token: str) -> bool:
        """Whether a token names this key as its own."""
        return token.startswith(f"{sealed_prefix}1:{self.id.hex}:")

    def open(self, token: str, place: str) -> str:
        """The text of a token.

        Raises:
            cryptography.exceptions.InvalidTag: altered, moved to another place, or another key's.
        """
        sealed = urlsafe_b64decode(token.rpartition(":")[2])
        return self.cipher.decrypt(sealed[:nonce_bytes], sealed[nonce_bytes:], place.encode()).rstrip(b"\0").decode()


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of the subjects that one piece of work needs: the codec's `Sealer`.

    Attributes:
        erased: those of the subjects that have none any more because they were erased.
    """

    by_subject: Mapping[str, Key]
    erased: frozenset[str] = frozenset()

    def seal(self, subject: str, text: str, place: str) -> str:
        """A token for a subject's text at a place."""
        return self.by_subject[subject].seal(text, place)

    def open(self, subject: str, token: str, place: str) -> str:
        """The text of a subject's token.

        Raises:
            ErasedSubjectError: its key was destroyed on request.
            LostKeyError: its key is not there, and should be.
            cryptography.exceptions.InvalidTag, ValueError: altered, moved to another place, or no token at all.
        """
        if subject in self.erased:
            raise ErasedSubjectError(f"{subject} was erased")
        key = self.by_subject.get(subject)
        if key is None or not key.sealed(token):
            _lost.labels(subject.partition(":")[0]).inc()
            log.error("key_lost", subject=subject)
            raise LostKeyError(f"the key of {subject} is lost")
        return key.open(token, place)


@dataclass(frozen=True, slots=True)
class Fenced:
    """What became of subjects that were erased.

    Attributes:
        keys: how many of them ever had a key.
        forgotten: whether by now no process can hold or use a key of theirs any more.
    """

    keys: int
    forgotten: bool


class Vault:
    """The keys that one service uses, cached for a minute at most.

    Args:
        service: whose fingerprints and raw bytes these are.
        pool: connections to the vault's database with the service's role.
        master_key: 32 bytes.
        remembered: for how many seconds keys are cached, and how long what began with one may go on; of every process
            that uses the vault the same. None: a minute, and another.
    """

    def __init__(
        self, service: str, pool: asyncpg.Pool, master_key: bytes, remembered: tuple[float, float] | None = None
    ) -> None:
        self.service = service
        self._pool = pool
        self._master = master_key
        self._told = remembered
        self._cache: dict[str, tuple[float, Key]] = {}
        self._erased: set[str] = set()  # by this process
        self._fingerprint = b""
        self._raw = AESGCM(bytes(key_bytes))
        self._signing: dict[str, Ed25519PrivateKey] = {}
        self._making = Gathering(self._make, (asyncpg.DataError,))

    async def start(self) -> None:
        """Prove that the master key is the right one and load the service's own keys.

        Raises:
            MasterKeyError: the vault's keys are wrapped with another master key.
        """
        await self._service_key(_proof)
        self._fingerprint = await self._service_key(f"fingerprint-{self.service}")
        self._raw = AESGCM(await self._service_key(f"raw-{self.service}"))

    async def prove(self) -> None:
        """See that the master key still opens the vault, which may have been replaced while we run.

        Raises:
            MasterKeyError: it does not.
        """
        wrapped = await self._pool.fetchval("select wrapped from service_key where name = $1", _proof)
        if wrapped is not None:
            self._unwrap(wrapped)

    async def keys(self, subjects: Iterable[str]) -> Keys:
        """The keys of these subjects, made where there are none yet.

        Raises:
            ErasedSubjectError: one of them was erased.
        """
        wanted = set(subjects)
        if missing := wanted - self._fresh(wanted).keys():
            await self._making(missing)
        found = await self.existing_keys(wanted)  # asks for those alone that somebody else made at the same moment
        if erased := wanted - found.by_subject.keys():
            raise ErasedSubjectError(f"{len(erased)} subject(s) were erased")
        return found

    async def existing_keys(self, subjects: Iterable[str]) -> Keys:
        """The keys that these subjects have, and who of them was erased; of an unknown subject there is neither."""
        wanted = set(subjects)
        fresh = self._fresh(wanted)
        missing = wanted - fresh.keys()
        erased = missing & self._erased
        if missing := missing - erased:
            rows = await self._pool.fetch(
                "select subject, key_id, wrapped from subject_key where subject = any($1)", sorted(missing)
            )
            found = self._remember(rows)
            fresh |= found
            erased |= {row["subject"] for row in rows} - found.keys()
        return Keys(fresh, frozenset(erased))

    async def erase(self, subjects: Iterable[str], reason: str) -> Fenced:
        """Destroy the keys of these subjects for ever, and let none be made: also of those that have none yet.

        This process forgets them at once, others within a minute. To do it again changes nothing.

        Args:
            reason: a code that says why, for whoever reads the vault; nobody's words.
        """
        named = sorted(set(subjects))
        [row] = await self._pool.fetch("select * from erase_subjects($1, $2)", named, reason)
        self._erased.update(named)
        for subject in named:
            self._cache.pop(subject, None)
        return Fenced(row["had_keys"], row["fenced_for"] >= timedelta(seconds=sum(self._remembered)))

    async def destroyed(self) -> set[UUID]:
        """All keys that were destroyed on request: what they sealed cannot be opened any more."""
        rows = await self._pool.fetch("select key_id from subject_key where key_id is not null and wrapped is null")
        return {row["key_id"] for row in rows}

    def fingerprint(self, canonical: bytes) -> bytes:
        """What a claim's content is compared by: an HMAC, since a plain hash of a judgement could be guessed."""
        return hmac.new(self._fingerprint, canonical, sha256).digest()

    def seal_bytes(self, raw: bytes, place: str) -> bytes:
        """Seal raw bytes that are kept for a while, bound to their place."""
        nonce = os.urandom(nonce_bytes)
        return nonce + self._raw.encrypt(nonce, raw, place.encode())

    def open_bytes(self, sealed: bytes, place: str) -> bytes:
        """The raw bytes again.

        Raises:
            cryptography.exceptions.InvalidTag: altered or moved.
        """
        return self._raw.decrypt(sealed[:nonce_bytes], sealed[nonce_bytes:], place.encode())

    async def _make(self, asked: Sequence[AbstractSet[str]]) -> Sequence[None]:
        """See that the subjects of several callers have keys, in one statement and one commit, and remember them."""
        made = [
            (subject, uuid7(), aes_key_wrap(self._master, os.urandom(key_bytes)))
            for subject in sorted(set().union(*asked))
        ]
        columns = [[row[column] for row in made] for column in range(3)]
        self._remember(await self._pool.fetch(_made, *columns))
        return [None] * len(asked)

    @property
    def _remembered(self) -> tuple[float, float]:
        return self._told or (cached_seconds, under_way_seconds)

    def _fresh(self, subjects: set[str]) -> dict[str, Key]:
        now = time.monotonic()
        cached = ((subject, self._cache.get(subject)) for subject in subjects)
        return {subject: entry[1] for subject, entry in cached if entry is not None and entry[0] > now}

    def _remember(self, rows: Iterable[asyncpg.Record]) -> dict[str, Key]:
        """The keys of these rows, kept for a minute; who was erased, also while they were asked for, has none."""
        found = {
            row["subject"]: Key(row["key_id"], AESGCM(self._unwrap(row["wrapped"])))
            for row in rows
            if row["wrapped"] is not None and row["subject"] not in self._erased
        }
        if len(self._cache) > cached_keys:
            self._cache.clear()
        until = time.monotonic() + self._remembered[0]
        self._cache |= {subject: (until, key) for subject, key in found.items()}
        return found

    async def signing_key(self, purpose: str) -> Ed25519PrivateKey:
        """A key of this service's own to sign with, made when it is first asked for; the same one ever after."""
        if purpose not in self._signing:
            seed = await self._service_key(f"signing-{purpose}-{self.service}")
            self._signing[purpose] = Ed25519PrivateKey.from_private_bytes(seed)
        return self._signing[purpose]

    async def _service_key(self, name: str) -> bytes:
        await self._pool.execute(
            "insert into service_key (name, wrapped) values ($1, $2) on conflict do nothing",
            name,
            aes_key_wrap(self._master, os.urandom(key_bytes)),
        )
        return self._unwrap(await self._pool.fetchval("select wrapped from service_key where name = $1", name))

    def _unwrap(self, wrapped: bytes) -> bytes:
        try:
            return aes_key_unwrap(self._master, wrapped)
        except InvalidUnwrap:
            _unopened.inc()
            raise another_vaults() from None


_lost = Counter("baton_keys_lost", "Texts that were not opened because their key is lost: it was not erased", ["of"])
for _of in ("person", "stream"):
    _lost.labels(_of)  # shown from the start on, as nothing yet
_unopened = Counter("baton_master_key_wrong", "Keys of the vault that the master key did not open")

# What is there, and what is made: a row that somebody else makes at the same moment is in neither.
_made = """
with made as (
    insert into subject_key (subject, key_id, wrapped)
    select * from unnest($1::text[], $2::uuid[], $3::bytea[]) on conflict (subject) do nothing
    returning subject, key_id, wrapped
)
select * from made
union all
select subject, key_id, wrapped from subject_key where subject = any($1)
"""

__all__ = [
    "ErasedSubjectError",
    "Fenced",
    "InvalidTag",
    "Key",
    "Keys",
    "LostKeyError",
    "Vault",
    "erasing",
    "grants",
    "schema",
]
