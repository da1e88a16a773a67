"""A review of Oak by people of Elm and Ash and an adviser of the trust: what is asked for, and what then happened."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from services.collaboration.domain.days import Dated
from services.collaboration.domain.follow_ups import AgreeFollowUp, CloseFollowUp, WaiveFollowUp
from services.collaboration.domain.review import CompleteReview, RecordFinding, RequestReview, ReviewCommand
from services.collaboration.domain.reviewers import AgreeReviewer, Employment
from shared.contracts.collaboration.reviews import (
    FollowUpActionAgreed,
    FollowUpActionClosed,
    FollowUpWaived,
    ReviewCompleted,
    ReviewerAgreed,
    ReviewFindingRecorded,
    ReviewRequested,
)
from tests.unit.collaboration.facts import ELM, OAK, TRUST

REVIEW = UUID(int=1)
ANN, BEA, CAI, DEE = (UUID(int=number) for number in range(11, 15))
STRENGTH, DEVELOPMENT, OTHER_DEVELOPMENT = (UUID(int=number) for number in range(21, 24))
ACTION, OTHER_ACTION = UUID(int=31), UUID(int=32)

FIRST, LAST = date(2026, 11, 16), date(2026, 11, 18)
DECLARED = date(2026, 11, 2)
TODAY = date(2026, 12, 1)
DAY = timedelta(days=1)
AT_ELM = Employment(urn=ELM, from_on=date(2020, 9, 1))
AT_OAK = Employment(urn=OAK, from_on=date(2020, 9, 1))

REQUEST = RequestReview(
    review_id=REVIEW, trustuid=TRUST, urn=OAK, focus="The curriculum in Year 3 to 6", from_on=FIRST, to_on=LAST
)
REQUESTED = ReviewRequested(
    review_id=REVIEW, trustuid=TRUST, urn=OAK, focus="The curriculum in Year 3 to 6", from_on=FIRST, to_on=LAST
)
AGREE_LEAD = AgreeReviewer(
    review_id=REVIEW,
    reviewer_id=ANN,
    reviewer_urn=ELM,
    lead=True,
    trained_on=date(2025, 3, 1),
    conflict_declared_on=DECLARED,
    employments=(AT_ELM,),
)
LEAD_AGREED = ReviewerAgreed(
    review_id=REVIEW,
    urn=OAK,
    reviewer_id=ANN,
    reviewer_urn=ELM,
    lead=True,
    trained_on=date(2025, 3, 1),
    conflict_declared_on=DECLARED,
)
AGREE_ADVISER = AgreeReviewer(review_id=REVIEW, reviewer_id=BEA, conflict_declared_on=DECLARED, employments=())
ADVISER_AGREED = ReviewerAgreed(review_id=REVIEW, urn=OAK, reviewer_id=BEA, conflict_declared_on=DECLARED)
RECORD = RecordFinding(
    review_id=REVIEW,
    finding_id=DEVELOPMENT,
    area="reading",
    kind="development",
    estimate="working_towards_effective",
    evidence=("learning_walk", "book_scrutiny"),
    finding="The lowest fifth read books that are too hard.",
    responsible_id=DEE,
    found_on=FIRST,
)
DEVELOPMENT_FOUND = ReviewFindingRecorded(
    review_id=REVIEW,
    urn=OAK,
    finding_id=DEVELOPMENT,
    area="reading",
    kind="development",
    estimate="working_towards_effective",
    evidence=("learning_walk", "book_scrutiny"),
    finding="The lowest fifth read books that are too hard.",
    responsible_id=DEE,
    found_on=FIRST,
)
STRENGTH_FOUND = ReviewFindingRecorded(
    review_id=REVIEW,
    urn=OAK,
    finding_id=STRENGTH,
    area="mathematics",
    kind="strength",
    estimate="effective",
    evidence=("lesson",),
    finding="Every class explains its reasoning.",
    found_on=FIRST + DAY,
)
AGREE_ACTION = AgreeFollowUp(
    review_id=REVIEW,
    action_id=ACTION,
    finding_id=DEVELOPMENT,
    action="Match books to what each child can decode.",
    owner="reading-lead",
    due_on=date(2027, 1, 15),
)
ACTION_AGREED = FollowUpActionAgreed(
    review_id=REVIEW,
    urn=OAK,
    action_id=ACTION,
    finding_id=DEVELOPMENT,
    action="Match books to what each child can decode.",
    owner="reading-lead",
    due_on=date(2027, 1, 15),
)
WAIVE = WaiveFollowUp(
    review_id=REVIEW, finding_id=DEVELOPMENT, reason="The scheme is replaced in January.", waived_on=LAST
)
WAIVED = FollowUpWaived(
    review_id=REVIEW, urn=OAK, finding_id=DEVELOPMENT, reason="The scheme is replaced in January.", waived_on=LAST
)
COMPLETE = CompleteReview(review_id=REVIEW, agreed_by_host_on=LAST, completed_on=LAST + DAY)
COMPLETED = ReviewCompleted(
    review_id=REVIEW,
    trustuid=TRUST,
    urn=OAK,
    focus="The curriculum in Year 3 to 6",
    lead_id=ANN,
    reviewer_ids=(ANN, BEA),
    strengths=1,
    developments=1,
    agreed_by_host_on=LAST,
    completed_on=LAST + DAY,
)
CLOSE = CloseFollowUp(review_id=REVIEW, action_id=ACTION, outcome="green", estimate_after="effective", closed_on=TODAY)
CLOSED = FollowUpActionClosed(
    review_id=REVIEW, urn=OAK, action_id=ACTION, outcome="green", estimate_after="effective", closed_on=TODAY
)
STAFFED = (REQUESTED, LEAD_AGREED, ADVISER_AGREED)
FOUND = (*STAFFED, STRENGTH_FOUND, DEVELOPMENT_FOUND)
DONE = (*FOUND, ACTION_AGREED, COMPLETED)


def on(command: ReviewCommand, today: date = TODAY) -> Dated[ReviewCommand]:
    return Dated(command, today)
