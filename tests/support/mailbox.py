"""A real mail server that keeps what it takes, and says no when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from typing import Any

import asyncpg
from aiosmtpd.smtp import SMTP

from services.reporting.post.letters import Letters
from services.reporting.post.mail import Server
from services.reporting.post.rounds import Rounds
from services.reporting.post.subscriptions import Subscriptions
from services.reporting.post.writing import Writing
from shared.identity import Principal
from tests.support import read_model
from tests.support.key_ring import KeyRing
from tests.support.pages import Writers, commands
from tests.support.read_model import HandClock


@dataclass(slots=True)
class Mailbox:
    """What arrived.

    Attributes:
        says: what it answers to recipients, and then to what follows; 250 when nothing is left of it.
        hangs_up: whether it takes a letter and goes away without a word.
    """

    port: int = 0
    says: list[str] = field(default_factory=list)
    hangs_up: bool = False
    letters: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.says.pop(0) if self.says else "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.letters.append(message)
        self.raw.append(envelope.content)
        self.recipients += envelope.rcpt_tos
        if self.hangs_up:
            server.transport.abort()
        return self.says.pop(0) if self.says else "250 OK"

    def texts(self) -> Iterator[str]:
        """The plain text of each letter."""
        return (part(letter, "plain") for letter in self.letters)


def part(letter: EmailMessage, subtype: str) -> str:
    """A letter's `plain` text or its `html`."""
    body = letter.get_body((subtype,))
    assert body is not None
    content = body.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


@asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    """A mail server on this machine, as long as the block."""
    box = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="mail.example", loop=loop), "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    async with server:
        yield box


MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)
"""When post goes out in Northmoor, the first time after its Friday."""
ANNE = Principal("anne", frozenset({"trust_leader"}), "99001")
ANNES = "anne@northmoor.example"


def rounds_of(
    pool: asyncpg.Pool, ring: KeyRing, clock: HandClock, box: Mailbox, writers: Writers | None = None
) -> Rounds:
    """The post, to a mailbox."""
    return Rounds(
        read_model.reading(pool, clock),
        Subscriptions(pool, ring),
        Letters(pool),
        Server.at(f"smtp://127.0.0.1:{box.port}"),
        Writing("https://baton.example", Address(addr_spec="post@baton.example")),
        commands=commands(pool, writers or Writers()),
    )
