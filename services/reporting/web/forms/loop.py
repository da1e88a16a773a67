"""The forms of the feedback loop: what the trust asks and says to answers, what both agree, and how it turned out."""

from __future__ import annotations

from services.reporting.seeing.rights import side_of
from services.reporting.web.forms.action_choices import closed_actions, open_actions, the_action
from services.reporting.web.forms.choices import schools
from services.reporting.web.forms.form import Field, Form, of_trust, school_leaders, trust_leaders
from services.reporting.web.forms.loop_choices import Step, answers_without, cycles, focus_areas, the_answer
from services.reporting.web.forms.meeting import answer
from shared.contracts.collaboration.loop import Principle
from shared.contracts.vocabulary import Cycle, Day, Instant, Name, Rag, Reference, Text, Urn

_private = "Only this school and the trust's leaders can read it. Name no pupils."


def _which_answer(step: Step, *, after: Step | None = None) -> Field:
    parts = ("item_id", "urn", "meeting_id")
    return Field(
        name="answer", label="Which answer?", type=str, options=answers_without(step, after=after), parts=parts
    )


open_cycle = Form(
    name="open-cycle",
    title="Open a cycle",
    about="A cycle is the time in which every school's leadership team meets and answers once, often a fortnight.",
    button="Open the cycle",
    done="The cycle is open.",
    service="collaboration",
    path="/cycles",
    who=trust_leaders,
    fields=[
        Field(name="cycle", label="What is it called?", hint="The school year and a name: 2026/27-A2.4", type=Cycle),
        Field(name="starts_on", label="First day", type=Day),
        Field(name="ends_on", label="Last day", type=Day),
    ],
    adds=of_trust,
)
set_focus_area = Form(
    name="set-focus-area",
    title="Agree on a focus area",
    about="Something that the trust works on, with the question that every leadership team answers about it.",
    button="Set the focus area",
    done="The focus area is set. Issue an agenda item to ask schools about it.",
    service="collaboration",
    path="/focus-areas",
    who=trust_leaders,
    fields=[
        Field(name="title", label="What is it called?", type=Name),
        Field(name="principle", label="Which principle does it serve?", type=Principle),
        Field(name="question", label="What is every leadership team asked?", type=Text),
        Field(name="starts_on", label="From", type=Day, begins="today"),
        Field(name="ends_on", label="To", type=Day, required=False),
        Field(name="disadvantaged_lens", label="What about disadvantaged pupils?", type=Text, required=False),
    ],
    new="focus_id",
    adds=of_trust,
)
close_focus_area = Form(
    name="close-focus-area",
    title="Close a focus area",
    about="The trust stops asking about it. What was answered stays.",
    button="Close the focus area",
    done="The focus area is closed: it stands on no further agenda.",
    service="collaboration",
    path="/focus-areas/{focus_id}/close",
    who=trust_leaders,
    fields=[
        Field(name="focus_id", label="Which focus area?", type=str, options=focus_areas),
        Field(name="closed_on", label="From which day on is it not asked about?", type=Day, begins="today"),
        Field(name="reason", label="Why?", type=Text, required=False),
    ],
)
issue_items = Form(
    name="issue-agenda-item",
    title="Issue an agenda item",
    about="A focus area's question stands on the agenda of these schools' next leadership meetings.",
    button="Issue it",
    done="The item is on the schools' agendas.",
    service="collaboration",
    path="/agenda-items",
    who=trust_leaders,
    fields=[
        Field(name="focus_id", label="Which focus area?", type=str, options=focus_areas),
        Field(name="cycle", label="In which cycle?", type=Cycle, options=cycles),
        Field(name="due_by", label="When are answers due?", type=Instant),
        Field(name="applies_to", label="Which schools?", type=tuple[Urn, ...], options=schools),
    ],
    new="item_id",
    adds=of_trust,
)
acknowledge = Form(
    name="acknowledge",
    title="Acknowledge an answer",
    about="The school sees that the trust has read its answer.",
    button="Acknowledge",
    done="The school sees that the trust has read its answer.",
    service="collaboration",
    path="/answers/{item_id}/{urn}/acknowledge",
    who=trust_leaders,
    fields=[_which_answer("acknowledged_at")],
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
        _which_answer("responded_at"),
        Field(name="response", label="What does the trust say to it?", hint=_private, type=Text),
    ],
    recalls=the_answer,
)
mark_read = Form(
    name="mark-read",
    title="Say that a response is read",
    about="The trust sees that the school's leaders have read its response.",
    button="We have read this",
    done="The trust sees that you have read its response.",
    service="collaboration",
    path="/answers/{item_id}/{urn}/mark-read",
    who=school_leaders,
    fields=[_which_answer("read_at", after="responded_at")],
    adds=lambda _: {"by_role": "school_leader"},
    recalls=the_answer,
)
agree_action = Form(
    name="agree-action",
    title="Agree an action",
    about="What will be done about an answer, by whom, and by when.",
    button="Agree the action",
    done="The action is agreed.",
    service="collaboration",
    path="/actions",
    fields=[
        _which_answer("action_agreed_at"),
        Field(name="action", label="What will be done?", hint=_private, type=Text),
        Field(
            name="owner",
            label="Who sees to it?",
            hint="A role, without spaces and without a name: head, attendance-lead",
            type=Reference,
        ),
        Field(name="due_on", label="By when?", type=Day),
    ],
    new="action_id",
    recalls=the_answer,
)
close_action = Form(
    name="close-action",
    title="Close an action",
    about="An action is done, or will not be done. Then both sides look at what it changed.",
    button="Close the action",
    done="The action is closed. Both sides can say now what it changed.",
    service="collaboration",
    path="/actions/{action_id}/close",
    fields=[
        Field(name="action", label="Which action?", type=str, options=open_actions, parts=("action_id", "urn")),
        Field(name="outcome", label="How did it end?", type=Rag),
    ],
    recalls=the_action,
)
review_effect = Form(
    name="review-effect",
    title="Review the effect of an action",
    about="School and trust each say how it stands now: the loop is closed when both have.",
    button="Record the effect",
    done="The effect is recorded.",
    service="collaboration",
    path="/actions/{action_id}/review-effect",
    fields=[
        Field(
            name="action",
            label="Which action?",
            type=str,
            options=closed_actions,
            parts=("action_id", "item_id", "urn"),
        ),
        Field(name="rag_after", label="How does it stand now?", type=Rag),
        Field(name="help_still_needed", label="Help is still needed", type=bool),
    ],
    adds=lambda asking: {"reviewed_by": side_of(asking.person)},
    recalls=the_action,
)

forms = (
    answer,
    acknowledge,
    respond,
    mark_read,
    agree_action,
    close_action,
    review_effect,
    set_focus_area,
    close_focus_area,
    open_cycle,
    issue_items,
)
