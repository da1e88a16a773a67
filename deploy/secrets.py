"""The secrets of one stack: made at random when first needed, readable by the user alone.

Passwords and the development issuer's key lie in `var/secrets` and go with it. The vault's master key lies
outside `var/`, so that neither a wipe nor a copy of `var/` takes it along; `var/secrets` keeps a fingerprint,
so that a lost or exchanged key is noticed before anything is written with another one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from joserfc.jwk import OKPKey

from deploy.certificates import make_certificates
from deploy.description import ROLES, SUPERUSER
from deploy.errors import Unmet
from deploy.settings import ROOT, StackSettings
from shared.vault.master_key import MasterKeyError, key_bytes, read_master_key

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSecrets:
    """What a stack needs to know to be started; `repr` shows none of it."""

    passwords: dict[str, str]
    master_key_file: Path
    issuer_key_file: Path
    issuer_public_key_file: Path

    def __repr__(self) -> str:
        return f"StackSecrets({', '.join(self.passwords)})"


def ensure_secrets(settings: StackSettings) -> StackSecrets:
    """Read the stack's secrets; what is not there yet is made.

    Raises:
        Unmet: when the master key is not the one that this stack's data was written with.
    """
    directory = settings.secrets
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    directory.chmod(0o700)
    private, public = _ensure_issuer(directory)
    if settings.is_secure:
        _ensure_certificates(settings)
    return StackSecrets(
        passwords=_ensure_passwords(settings, (SUPERUSER, *ROLES)),
        master_key_file=_ensure_master_key(settings),
        issuer_key_file=private,
        issuer_public_key_file=public,
    )


def broker_certificate_path(settings: StackSettings) -> Path:
    """Where a secured local Kafka's own key and certificate lie, beside what its clients check it with."""
    return settings.kafka_ca.with_name("broker.pem")


def master_key_path(settings: StackSettings) -> Path:
    """Where the vault's master key lies: in the user's configuration, named after this clone's path."""
    if settings.master_key_file is not None:
        return settings.master_key_file
    home = os.environ.get("XDG_CONFIG_HOME")
    configuration = Path(home) if home else Path.home() / ".config"
    clone = hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:12]
    return configuration / "baton" / clone / "master.key"


def issuer_key_path(settings: StackSettings) -> Path:
    """Where the private key of the built-in issuer lies."""
    return settings.secrets / "issuer.jwk"


def check_master_key(settings: StackSettings) -> None:
    """See that the master key is whole, private, and the one that the data in `var/` was written with.

    Raises:
        Unmet: when it is not.
    """
    path = master_key_path(settings)
    expected = _read(_fingerprint_file(settings))
    if not path.exists():
        if expected:
            raise Unmet(
                f"The vault's master key {path} is gone, and personal data in {settings.var} needs it.",
                "Put it back, or start afresh with `baton down --wipe`.",
                code="master_key_missing",
            )
        return
    if path.stat().st_mode & _OTHERS:
        raise Unmet(f"The vault's master key {path} can be read by others.", f"Run: chmod 600 {path}")
    if expected and expected != _fingerprint(read_whole_master_key(path)):
        raise Unmet(
            f"The vault's master key {path} is not the one that {settings.var} was written with.",
            "Put that one back, or start afresh with `baton down --wipe`.",
            code="master_key_wrong",
        )


def _ensure_master_key(settings: StackSettings) -> Path:
    check_master_key(settings)
    path = master_key_path(settings)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_secret(path, base64.b64encode(secrets.token_bytes(key_bytes)).decode())
    fingerprint = _fingerprint_file(settings)
    if not fingerprint.exists():
        write_secret(fingerprint, _fingerprint(read_whole_master_key(path)))
    return path


def read_whole_master_key(path: Path) -> bytes:
    """The master key of a file.

    Raises:
        Unmet: there is none, or it is damaged.
    """
    with the_right_key():
        return read_master_key(path)


@contextmanager
def the_right_key() -> Iterator[None]:
    """Tell whoever runs a command what is wrong with the master key.

    Raises:
        Unmet: it is missing, damaged, or another vault's.
    """
    try:
        yield
    except MasterKeyError as wrong:
        raise Unmet(wrong.message, wrong.advice, code=wrong.code) from None


def _fingerprint(key: bytes) -> str:
    return hashlib.sha256(b"baton master key" + key).hexdigest()[:32]


def _fingerprint_file(settings: StackSettings) -> Path:
    return settings.secrets / "master.fingerprint"


def _ensure_passwords(settings: StackSettings, roles: Iterable[str]) -> dict[str, str]:
    for role in roles:
        if not settings.password(role):
            write_secret(settings.password_file(role), secrets.token_urlsafe(32))
    return {role: settings.password(role) for role in roles}


def _ensure_issuer(directory: Path) -> tuple[Path, Path]:
    """The key that the built-in issuer signs with, and the half of it that services verify with."""
    private, public = directory / "issuer.jwk", directory / "issuer.public.jwk"
    if not _read(private):
        key = OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)
        write_secret(public, _json(key, private=False))
        write_secret(private, _json(key, private=True))
    return private, public


def _ensure_certificates(settings: StackSettings) -> None:
    """The broker's first: once the authority's is there, all of it is."""
    if not settings.was_made_secure:
        made = make_certificates()
        settings.kafka_ca.parent.mkdir(exist_ok=True, mode=0o700)
        write_secret(broker_certificate_path(settings), made.broker)
        write_secret(settings.kafka_ca, made.authority)


def _json(key: OKPKey, *, private: bool) -> str:
    return json.dumps(key.as_dict(private=private))


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return ""


def write_secret(path: Path, text: str) -> None:
    """Write a secret whole or not at all, readable by the user alone from the first byte on."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
