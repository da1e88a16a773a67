"""A mail server, and how a letter is handed over to it: once, with a word on what came of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as AS_SENT
from typing import Literal, Self
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

Outcome = Literal["sent", "put_off", "refused", "unknown"]
"""Taken; not taken now; never to be taken; and lost sight of, while the server may have taken it."""

_schemes = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_patience_s = 30.0
_passing, _permanent = 400, 500
_unfolded = AS_SENT.clone(max_line_length=998)  # a long address in a header, folded, is no address any more


@dataclass(frozen=True, slots=True)
class Handed:
    """What came of handing over a letter; `code`: the server's answer, where it said no."""

    outcome: Outcome
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """Where letters are handed over. With `starttls` it is spoken to in clear only until it proves who it is."""

    host: str
    port: int
    scheme: str
    user: str | None = None
    password: str | None = None

    @classmethod
    def at(cls, address: str) -> Self:
        """The server of an address such as `smtp+starttls://user:password@mail.example:587`.

        Raises:
            ValueError: it is none; the message does not quote it.
        """
        parts = urlsplit(address)
        if parts.scheme not in _schemes or not parts.hostname:
            raise ValueError(
                f"it begins with one of {', '.join(f'{scheme}://' for scheme in _schemes)} and names a host"
            )
        if parts.password and parts.scheme == "smtp":
            raise ValueError("a password goes only through smtps:// or smtp+starttls://")
        user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
        return cls(parts.hostname, parts.port or _schemes[parts.scheme], parts.scheme, user, password)

    async def hand_over(self, message: EmailMessage, sender: str, recipient: str) -> Handed:
        """Hand over a letter, on a connection of its own."""
        client = SMTP(
            hostname=self.host,
            port=self.port,
            local_hostname=sender.partition("@")[2],
            username=self.user,
            password=self.password,
            use_tls=self.scheme == "smtps",
            start_tls=self.scheme == "smtp+starttls",
            timeout=_patience_s,
        )
        try:
            await client.connect()
        except (SMTPException, OSError):
            return Handed("put_off")
        try:
            return await _hand_over(client, message.as_bytes(policy=_unfolded), sender, recipient)
        finally:
            with suppress(SMTPException, OSError):
                await client.quit()


async def _hand_over(client: SMTP, content: bytes, sender: str, recipient: str) -> Handed:
    outcome_of_silence: Outcome = "put_off"
    try:
        await client.mail(sender)
        await client.rcpt(recipient)
        outcome_of_silence = "unknown"
        await client.data(content)
    except SMTPResponseException as answer:
        if answer.code < _passing:  # no answer that there is
            return Handed(outcome_of_silence)
        return Handed("refused" if answer.code >= _permanent else "put_off", answer.code)
    except (SMTPException, OSError):
        return Handed(outcome_of_silence)
    return Handed("sent")
