"""Claims about how schools, and the trust, see themselves."""

from __future__ import annotations

from collections.abc import Sequence

from services.collaboration.domain.self_assessment import (
    SelfAssessment,
    SubmitSelfAssessment,
    self_assessment,
    self_assessment_stream,
)
from services.collaboration.intake.acts import dated
from services.collaboration.intake.register import names_members
from services.collaboration.intake.scope import check_names_school, check_own_school
from shared.contracts.collaboration import planning as events
from shared.eventstore import Act, Context
from shared.intake import Admission, Taken


def submit_self_assessment(c: SubmitSelfAssessment, context: Context) -> Act:
    """Say how a school, or the trust, sees itself."""
    check_names_school(c.urn, context)

    def known(state: SelfAssessment) -> SelfAssessment:
        if state.submitted is not None:
            check_own_school(context, "/assessment_id", state.submitted.urn)
        return state

    return dated(self_assessment, self_assessment_stream(c.assessment_id), c, c.submitted_on, context, known)


taken: Sequence[Taken] = (
    (
        events.SelfAssessmentSubmitted,
        "/self-assessments",
        Admission(SubmitSelfAssessment, submit_self_assessment, look_up=names_members("urn")),
    ),
)
