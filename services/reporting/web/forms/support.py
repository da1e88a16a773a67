"""The forms of daily requests: a school asks, the trust answers."""

from __future__ import annotations

from collections.abc import Sequence

from services.reporting.web.forms.choices import own_schools
from services.reporting.web.forms.form import Asking, Field, Form, Option, of_trust, trust_leaders
from services.reporting.web.forms.rows import Row, opened, rows
from services.reporting.web.words import minute
from services.reporting.wording import said, sentence
from shared.contracts.collaboration.support import SupportKind
from shared.contracts.vocabulary import Instant, Text, Urn

_private = "Only this school and the trust's leaders can read it. Name no pupils."


async def open_requests(asking: Asking) -> list[Option]:
    """Requests that are not done with: those that wait for a first answer first."""
    found = sorted(await rows(asking, "support_requests", asking.trustuid), key=lambda row: row["answers"] > 0)
    return [Option(row["request_id"], _called(row, asking)) for row in found]


async def the_request(asking: Asking) -> Sequence[tuple[str, str]]:
    """What was asked, of the request that is chosen."""
    for row in await rows(asking, "support_requests", asking.trustuid):
        if row["request_id"] == asking.chosen.get("request_id"):
            text = await opened(asking, row, "request")
            return [("Request", _called(row, asking)), *([("What was asked", text)] if text else [])]
    return ()


def _called(row: Row, asking: Asking) -> str:
    answered = ", answered" if row["answers"] else ""
    return f"{row['school']}: {sentence(said(row['kind']))}, {minute(row['opened_at'], asking.view.at)}{answered}"


ask = Form(
    name="ask-for-support",
    title="Ask for support",
    about="Something of every day that the trust helps with: a building, staff, compliance.",
    button="Ask the trust",
    done="The trust has your request.",
    service="collaboration",
    path="/support-requests",
    fields=[
        Field(name="urn", label="Which school?", type=Urn, options=own_schools),
        Field(name="kind", label="What is it about?", type=SupportKind),
        Field(name="request", label="What do you need?", hint=_private, type=Text),
        Field(name="opened_at", label="Since when?", type=Instant, begins="now"),
    ],
    new="request_id",
    adds=of_trust,
)
answer = Form(
    name="answer-support",
    title="Answer a request for support",
    about="How soon the first answer comes is measured.",
    button="Send the answer",
    done="The answer is with the school.",
    service="collaboration",
    path="/support-requests/{request_id}/answer",
    who=trust_leaders,
    needs=("support",),
    fields=[
        Field(name="request_id", label="Which request?", type=str, options=open_requests),
        Field(name="answer", label="What does the trust say?", hint=_private, type=Text),
        Field(name="answered_at", label="When was it answered?", type=Instant, begins="now"),
    ],
    recalls=the_request,
)

forms = (ask, answer)
