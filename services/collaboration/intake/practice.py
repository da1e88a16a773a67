"""Claims about practice: templates that are shared and adopted, research groups and what they find out.

Everybody in the trust may adopt what any of its schools shares. A next version is shared by whoever shared the first.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.collaboration.domain.days import Dated
from services.collaboration.domain.practice_template import (
    AdoptTemplate,
    ShareTemplate,
    practice_template,
    practice_template_stream,
)
from services.collaboration.domain.research_group import (
    FormGroup,
    ShareFinding,
    research_group,
    research_group_stream,
)
from services.collaboration.intake.register import names_members
from services.collaboration.intake.scope import check_names_school, check_own_school
from shared.clock import today
from shared.contracts.collaboration import practice as events
from shared.eventstore import Act, Context, Decision, States, on_day
from shared.intake import Admission, Taken


def share_template(c: ShareTemplate, context: Context) -> Act:
    """Share a way of doing something, or its next version."""
    check_names_school(c.urn, context)
    return _on_template(c, on_day(c.shared_on, context))


def adopt_template(c: AdoptTemplate, context: Context) -> Act:
    """Say that a school works by a version of a template."""
    return _on_template(c, on_day(c.adopted_on, context))


def form_group(c: FormGroup, context: Context) -> Act:
    """Form a group of people who look into a question together."""
    return _on_group(c, on_day(c.formed_on, context))


def share_finding(c: ShareFinding, context: Context) -> Act:
    """Share what a research group found out."""
    return _on_group(c, on_day(c.shared_on, context))


taken: Sequence[Taken] = (
    (
        events.PracticeTemplateShared,
        "/practice-templates",
        Admission(ShareTemplate, share_template, look_up=names_members("urn")),
    ),
    (
        events.PracticeTemplateAdopted,
        "/practice-templates/{template_id}/adopt",
        Admission(AdoptTemplate, adopt_template, look_up=names_members("urn")),
    ),
    (
        events.ResearchGroupFormed,
        "/research-groups",
        Admission(FormGroup, form_group, look_up=names_members("urns")),
    ),
    (events.ResearchFindingShared, "/research-groups/{group_id}/findings", Admission(ShareFinding, share_finding)),
)


def _on_template(c: ShareTemplate | AdoptTemplate, context: Context) -> Act:
    stream = practice_template_stream(c.template_id)

    def decide(states: States) -> Decision:
        return {stream: practice_template.decide(Dated(c, today(states.at)), states[stream])}

    return Act(context, {stream: practice_template}, decide)


def _on_group(c: FormGroup | ShareFinding, context: Context) -> Act:
    """A command on a research group in which the sender's school takes part."""
    stream = research_group_stream(c.group_id)

    def decide(states: States) -> Decision:
        formed = states[stream].formed
        if formed is not None:
            check_own_school(context, "/group_id", *formed.urns)
        return {stream: research_group.decide(Dated(c, today(states.at)), states[stream])}

    return Act(context, {stream: research_group}, decide)
