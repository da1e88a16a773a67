"""The forms of the feedback loop: what the trust asks, what a school answers, and what both make of it."""

from __future__ import annotations

from services.reporting.web.forms.form import Field, Form, trust_leaders
from services.reporting.web.forms.loop_choices import answers_without, the_answer
from shared.contracts.vocabulary import Text

_answer = ("item_id", "urn", "meeting_id")

acknowledge = Form(
    name="acknowledge",
    title="Acknowledge an answer",
    about="The school sees that the trust has read its answer.",
    button="Acknowledge",
    done="The school sees that the trust has read its answer.",
    service="collaboration",
    path="/answers/{item_id}/{urn}/acknowledge",
    who=trust_leaders,
    fields=[
        Field(
            name="answer",
            label="Which answer?",
            type=str,
            options=answers_without("acknowledged_at"),
            parts=_answer,
        ),
    ],
    recalls=the_answer,
)
respond = Form(
    name="respond",
    title="Respond to an answer",
    about="The school's leadership team reads the response, and what follows can be agreed.",
    button="Send the response",
    done="The response is with the school.",
    service="collaboration",
    path="/answers/{item_id}/{urn}/respond",
    who=trust_leaders,
    fields=[
        Field(
            name="answer",
            label="Which answer?",
            type=str,
            options=answers_without("responded_at"),
            parts=_answer,
        ),
        Field(
            name="response",
            label="What does the trust say to it?",
            hint="Only this school and the trust's leaders can read it. Name no pupils.",
            type=Text,
        ),
    ],
    recalls=the_answer,
)

forms = (acknowledge, respond)
