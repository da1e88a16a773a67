"""What a provider gives for somebody, and what it proves."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime

import httpx
import structlog
from cryptography.exceptions import InvalidTag

from services.reporting.tokens import SealsBytes
from shared.identity import IssuerUnreachable, Principal

log = structlog.get_logger()


class ProviderRefused(Exception):
    """The provider says no, or something that it may not say.

    Attributes:
        code: its word for why (RFC 6749 §4.1.2.1 and §5.2), or ours.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a provider gave for somebody. Whoever has them is that person."""

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    identity: str | None = field(default=None, repr=False)

    def sealed(self, vault: SealsBytes, place: str) -> bytes:
        """As they are kept."""
        return vault.seal_bytes(json.dumps(asdict(self)).encode(), place)

    @classmethod
    def opened(cls, vault: SealsBytes, place: str, sealed: bytes) -> Tokens | None:
        """As they were; None when they were sealed for another place, or in another vault."""
        try:
            return cls(**json.loads(vault.open_bytes(sealed, place)))
        except InvalidTag:
            return None


@dataclass(frozen=True, slots=True)
class Proof:
    """Who somebody is, as their provider says.

    Attributes:
        ends_at: when that has to be asked anew.
        second_factor: whether they showed more than a password when they signed in.
    """

    principal: Principal
    tokens: Tokens
    ends_at: datetime
    second_factor: bool


def tokens_of(answer: httpx.Response) -> Tokens:
    """What a token endpoint has answered (RFC 6749 §5). Who is asked too much says nothing of anybody."""
    if answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        log.warning("provider_unreachable", status=answer.status_code)
        raise IssuerUnreachable
    try:
        content = answer.json()
    except ValueError:
        content = None
    match content:
        case {"access_token": str(access)} if answer.is_success:
            others = (content.get("refresh_token"), content.get("id_token"))
            return Tokens(access, *(text if isinstance(text, str) else None for text in others))
        case {"error": str(code)}:
            raise ProviderRefused(code)
        case _:
            raise ProviderRefused("unreadable")
