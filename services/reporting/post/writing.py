"""A letter as it goes out: the same words as plain text and as HTML, nothing from elsewhere, and a way to end it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from services.reporting.post.kind import Content, Kind
from services.reporting.post.letters import Letter
from services.reporting.web.site import templates

_pages = templates.overlay(autoescape=lambda name: name is None or name.endswith(".html"))


@dataclass(frozen=True, slots=True)
class Writing:
    """How letters are written.

    Attributes:
        base: the address of the pages, without a slash at its end.
        sender: who letters are from.
    """

    base: str
    sender: Address

    def message(
        self, letter: Letter, kind: Kind, content: Content, *, to: str, off_path: str, at: datetime
    ) -> EmailMessage:
        """A letter. `off_path`: where its kind is turned off; a mail program may do that with one POST (RFC 8058)."""
        off = f"{self.base}{off_path}"
        message = EmailMessage(policy=SMTP)
        message["From"] = self.sender
        message["To"] = to
        message["Subject"] = content.subject
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{letter.id}@{self.sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message["List-Unsubscribe"] = f"<{off}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        values = {**content.values, "subject": content.subject, "kind": kind, "base": self.base, "off": off}
        text, page = (
            _pages.get_template(f"post/{letter.kind}.{form}").render(values) for form in ("txt.jinja", "html")
        )
        message.set_content(text, cte="quoted-printable")
        message.add_alternative(page, subtype="html", cte="quoted-printable")
        return message
