"""The stories of what facts of one service cause in talent and in CPD."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.cpd.reactions.needs import need_id_of
from services.cpd.reactions.scheduling import programme_id_of, session_id_of
from services.talent.domain.deployment import deployments_stream
from services.talent.reactions.proposing import proposed_deployment_id
from tests.integration.stories.coaching import end, pairs, session
from tests.integration.stories.conftest import HERE, THERE, TODAY, Trust
from tests.integration.stories.leading import nominated, nomination
from tests.integration.stories.participants import Participant, ago
from tests.integration.stories.reacting import (
    SPRING,
    SUMMER,
    assessed,
    comes,
    gives_time_of,
    is_done_with,
    is_refused,
    trust_induction,
)
from tests.integration.stories.reviewing import agrees, completion, finds, moderation, reviewer, staffed
from tests.integration.stories.sharing import allocates, offers
from tests.integration.stories.training import publishes
from tests.support.writer import TRUST

pytestmark = pytest.mark.timeout(300)


async def leads(trust: Trust, person_id: str, urn: str = THERE) -> None:
    """Somebody is a leader."""
    await trust.does("talent", "/leaders", nomination(person_id, await trust.employs("headteacher", urn=urn)))


async def passes(trust: Trust, person_id: str) -> Participant:
    """Somebody passes a qualification."""
    deputy = Participant(trust, person_id, "npq-headship")
    await deputy.enrols()
    await deputy.completes()
    await deputy.does("outcome", outcome="passed", outcome_on=ago(10))
    return deputy


# The growing bank


async def test_a_qualification_that_is_passed_counts_as_experience(trust: Trust) -> None:
    """The effect names its cause, and is of the day that the course ended on."""
    leader, _ = await nominated(trust)

    deputy = await passes(trust, leader)

    [gained] = await comes(trust, "talent", f"experience-{leader}-{deputy.enrolment_id}", "ExperienceGained")
    assert (gained["experience"], gained["gained_on"]) == ("qualification", ago(10))
    cause: object = await trust.writers["cpd"].place.fetchval(
        "select id::text from event where stream = $1 and type like '%OutcomeRecorded%'", deputy.stream
    )
    meta = await trust.writers["talent"].place.fetchval(
        "select convert_from(meta, 'utf8') from event where stream = $1", f"experience-{leader}-{deputy.enrolment_id}"
    )
    assert f'"causationid":"{cause}","chaindepth":1' in meta


async def test_a_review_counts_as_experience_of_each_who_reviewed(trust: Trust) -> None:
    review_id, lead = await staffed(trust)
    other = await trust.employs("deputy_headteacher", urn=THERE)
    await trust.does("collaboration", f"/reviews/{review_id}/reviewers", reviewer(other))
    for person_id in (lead, other):
        await leads(trust, person_id)
    await agrees(trust, review_id, await finds(trust, review_id))

    await trust.does("collaboration", f"/reviews/{review_id}/complete", completion())

    for person_id in (lead, other):
        [gained] = await comes(trust, "talent", f"experience-{person_id}-{review_id}", "ExperienceGained")
        assert gained["experience"] == "review"


async def test_coaching_counts_as_experience_where_there_was_a_session(trust: Trust) -> None:
    coach, _ = await nominated(trust, urn=THERE)
    coached, never_met = [await pairs(trust, coach, await trust.employs()) for _ in range(2)]
    await trust.does("collaboration", f"/coaching-pairings/{coached}/sessions", session(coach))

    for pairing_id in (never_met, coached):
        await trust.does("collaboration", f"/coaching-pairings/{pairing_id}/end", end(coach))

    [gained] = await comes(trust, "talent", f"experience-{coach}-{coached}", "ExperienceGained")
    assert gained["experience"] == "coaching"
    await comes(trust, "talent", f"experience-{coach}-{never_met}")


async def test_who_is_no_leader_has_no_bank_until_somebody_says_it_by_hand(trust: Trust) -> None:
    """The other order: the fact comes before the record. The refusal is seen, and people bring it back."""
    person = await trust.employs()
    deputy = await passes(trust, person)

    banked = f"experience-{person}-{deputy.enrolment_id}"
    said = await is_refused(trust, "talent", banked, "leader_not_active")
    assert (said["reaction"], said["fact_type"]) == (
        "bank_experience",
        "uk.mat.cpd.QualificationOutcomeRecorded.v1",
    )

    await leads(trust, person)
    by_hand = {"experience": "qualification", "basis": deputy.enrolment_id, "gained_on": ago(10)}
    await trust.does("talent", f"/leaders/{person}/experience", by_hand)
    await comes(trust, "talent", banked, "ExperienceGained")


# Deployments


async def test_time_that_a_school_gives_is_a_proposal_to_deploy_somebody(trust: Trust) -> None:
    """Nine half-days are five days; people confirm it, or call it off."""
    person_id = await trust.employs("deputy_headteacher")

    allocation_id = await gives_time_of(trust, person_id, **SPRING)

    stream = deployments_stream(UUID(person_id), f"{TODAY.year - 1}/{TODAY.year % 100:02}")
    [proposed] = await comes(trust, "talent", stream, "DeploymentProposed")
    assert proposed["deployment_id"] == str(proposed_deployment_id(UUID(allocation_id)))
    assert (proposed["from_urn"], proposed["to_urn"], proposed["days"]) == (HERE, THERE, 5)
    assert (proposed["starts_on"], proposed["ends_on"]) == (SPRING["from_on"], SPRING["to_on"])
    assert proposed["allocation_id"] == allocation_id


async def test_time_across_two_academic_years_is_for_people_to_split(trust: Trust) -> None:
    person_id = await trust.employs("deputy_headteacher")

    await gives_time_of(trust, person_id, **SUMMER)

    year = f"{TODAY.year - 2}-{(TODAY.year - 1) % 100:02}"
    said = await is_refused(trust, "talent", f"deployments-{person_id}-{year}", "deployment_crosses_years")
    assert said["message"].startswith("Propose one deployment for each academic year")


async def test_nobody_is_proposed_for_what_is_no_ones_time(trust: Trust) -> None:
    person_id = await trust.employs("deputy_headteacher")
    money = {"dimension": "financial", "unit": "pence", "quantity": 4}
    for more in ({}, {**money, "person_id": person_id}):
        offer_id = await offers(trust, HERE, **more)
        await allocates(trust, offer_id, THERE)
        await is_done_with(trust, "talent", f"capacity-offer-{offer_id}", 2)

    proposed: int = await trust.writers["talent"].place.fetchval(
        "select count(*) from event where stream like $1", f"deployments-{person_id}-%"
    )
    assert proposed == 0


# Development needs


async def test_who_is_not_ready_yet_needs_to_develop_and_programmes_answer_it(trust: Trust) -> None:
    """The need is the trust's to know, as the assessment is."""
    post_type = f"head_{uuid4().hex[:8]}"
    for_the_role = await publishes(trust, audience_roles=[post_type, "deputy"])
    in_words = await publishes(trust, outcomes=[f"Lead as a {post_type.replace('_', ' ')}, and well."])
    await publishes(trust, audience_roles=[f"{post_type}s"], title=f"For the {post_type.replace('_', ' ')}s")
    for programme_id in (for_the_role, in_words):
        await trust.heard("cpd", f"programme-{programme_id}", 1)

    said = await assessed(trust, post_type=post_type, readiness="2_3_years")

    need = f"development-need-{need_id_of(UUID(said['assessment_id']))}"
    [recorded] = await comes(trust, "cpd", need, "DevelopmentNeedRecorded")
    assert (recorded["person_id"], recorded["capability"]) == (said["leader_id"], post_type)
    assert (recorded["seen_in"], recorded.get("urn"), recorded["recorded_on"]) == ("readiness", None, str(TODAY))
    assert set(recorded["programme_ids"]) == {for_the_role, in_words}


@pytest.mark.parametrize("more", [{"readiness": "ready_now"}, {"alone": True}], ids=["ready now", "provisional"])
async def test_who_is_ready_or_was_assessed_provisionally_has_no_need(trust: Trust, more: dict[str, Any]) -> None:
    said = await assessed(trust, **more)

    await is_done_with(trust, "cpd", f"readiness-{said['assessment_id']}")
    await comes(trust, "cpd", f"development-need-{need_id_of(UUID(said['assessment_id']))}")


async def test_a_programme_that_comes_later_answers_the_next_need(trust: Trust) -> None:
    """The other order: a need names the programmes that there are."""
    post_type = f"head_{uuid4().hex[:8]}"
    before = await assessed(trust, post_type=post_type)
    first = f"development-need-{need_id_of(UUID(before['assessment_id']))}"
    await comes(trust, "cpd", first, "DevelopmentNeedRecorded")

    programme_id = await publishes(trust, audience_roles=[post_type])
    await trust.heard("cpd", f"programme-{programme_id}", 1)
    after = await assessed(trust, before["leader_id"], post_type=post_type)

    second = f"development-need-{need_id_of(UUID(after['assessment_id']))}"
    [recorded] = await comes(trust, "cpd", second, "DevelopmentNeedRecorded")
    [unchanged] = await comes(trust, "cpd", first, "DevelopmentNeedRecorded")
    assert (unchanged["programme_ids"], recorded["programme_ids"]) == ([], [programme_id])


async def test_what_a_review_found_in_somebodys_area_is_their_need_at_that_school(trust: Trust) -> None:
    review_id, _ = await staffed(trust)
    responsible = await trust.employs("reading_lead")

    found = await finds(trust, review_id, responsible_id=responsible)
    strength = await finds(trust, review_id, responsible_id=responsible, kind="strength", estimate="leading")
    nobodys = await finds(trust, review_id)

    need = f"development-need-{need_id_of(UUID(found))}"
    [recorded] = await comes(trust, "cpd", need, "DevelopmentNeedRecorded")
    assert (recorded["person_id"], recorded["capability"]) == (responsible, "reading")
    assert (recorded["seen_in"], recorded["urn"]) == ("review", HERE)
    await is_done_with(trust, "cpd", f"review-{review_id}", 5)
    for other in (strength, nobodys):
        await comes(trust, "cpd", f"development-need-{need_id_of(UUID(other))}")
    path = f"/development-needs/{need_id_of(UUID(found))}/meet"
    await trust.does("cpd", path, {"met_on": str(TODAY)}, school=HERE)


# The calendar


async def test_moderations_of_a_subject_stand_in_the_calendar_as_sessions_of_one_programme(trust: Trust) -> None:
    subject = f"Writing in Year 6, {uuid4().hex[:8]}"
    planned = [moderation(subject=subject, where=where) for where in ("Training room", "Library")]
    for one in planned:
        await trust.does("collaboration", "/moderations", one)

    of = programme_id_of(TRUST, "moderation", subject)
    for one in planned:
        stream = f"session-{session_id_of(UUID(one['moderation_id']))}"
        [scheduled] = await comes(trust, "cpd", stream, "SessionScheduled")
        assert (scheduled["programme_id"], scheduled["where"]) == (str(of), one["where"])
        assert (scheduled["scope"], scheduled.get("urn"), scheduled.get("places")) == ("trust", None, None)
    [offered] = await comes(trust, "cpd", f"programme-{of}", "ProgrammePublished")
    assert (offered["title"], offered["kind"], offered["cost_pence"]) == (subject, "moderation", 0)


async def test_a_trust_wide_induction_stands_in_the_calendar_and_moves_there(trust: Trust) -> None:
    planned = trust_induction()

    await trust.does("talent", "/trust-inductions", planned)

    session_id = session_id_of(UUID(planned["induction_id"]))
    [scheduled] = await comes(trust, "cpd", f"session-{session_id}", "SessionScheduled")
    assert (scheduled["where"], scheduled["places"]) == ("The hall", 120)
    of = programme_id_of(TRUST, "induction", planned["title"])
    [offered] = await comes(trust, "cpd", f"programme-{of}", "ProgrammePublished")
    assert (offered["title"], offered["kind"]) == (planned["title"], "induction")
    moved = {"starts_at": planned["starts_at"], "ends_at": planned["ends_at"], "where": "Online"}
    await trust.does("cpd", f"/sessions/{session_id}/reschedule", moved)


async def test_what_names_a_session_that_is_there_already_is_refused_and_seen(trust: Trust) -> None:
    """Somebody took the id, which can be told: what was planned is not lost in silence."""
    planned = trust_induction()
    session_id = session_id_of(UUID(planned["induction_id"]))
    other = {"programme_id": await publishes(trust), "session_id": str(session_id), "scope": "trust"}
    when = {name: planned[name] for name in ("trustuid", "starts_at", "ends_at", "where")}
    await trust.does("cpd", "/sessions", {**other, **when})

    await trust.does("talent", "/trust-inductions", planned)

    await is_refused(trust, "cpd", f"session-{session_id}", "session_exists")
