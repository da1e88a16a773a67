"""Two entries that are one person: merged, and split again when that was wrong."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.engagement import ChangeEngagement, EndEngagement, Engagement
from services.talent.domain.merging import (
    MergePersons,
    ReturnEngagements,
    SplitPersons,
    TakeEngagements,
    merger,
)
from services.talent.domain.person import Person, person
from shared.contracts.talent.register import (
    EngagementEnded,
    EngagementMoved,
    EngagementStarted,
    PersonRegistered,
    PersonsMerged,
    PersonsSplit,
)
from shared.decider import Rejected
from tests.unit.given import given, refused

TWICE, ADA, CLEO = (UUID(int=n) for n in (1, 2, 3))
SUPPLY, TEACHING = UUID(int=11), UUID(int=12)
FROM, UNTIL = date(2024, 9, 1), date(2026, 8, 31)


def registered(person_id: UUID, trustuid: str = "99001") -> PersonRegistered:
    return PersonRegistered(person_id=person_id, trustuid=trustuid, source="mis", staff_ref=str(person_id), name="Ada")


def started(person_id: UUID, engagement_id: UUID) -> EngagementStarted:
    return EngagementStarted(
        person_id=person_id,
        engagement_id=engagement_id,
        urn="900001",
        kind="supply",
        role="teacher",
        fte_hundredths=40,
        started_on=FROM,
    )


def ended(person_id: UUID, engagement_id: UUID) -> EngagementEnded:
    return EngagementEnded(person_id=person_id, engagement_id=engagement_id, ended_on=UNTIL)


SURVIVOR = person.fold([registered(ADA), started(ADA, TEACHING)])
MERGE = MergePersons(person_id=TWICE, into_person_id=ADA, reason="duplicate", survivor=SURVIVOR, leads=False)
MERGED = PersonsMerged(person_id=TWICE, into_person_id=ADA, engagement_ids=(SUPPLY,), reason="duplicate")
ENTRY = (registered(TWICE), started(TWICE, SUPPLY))
BOTH = person.fold([registered(ADA), started(ADA, TEACHING), started(ADA, SUPPLY)])
SPLIT = SplitPersons(person_id=TWICE, from_person_id=ADA, reason="two_people", survivor=BOTH)
SPLIT_AGAIN = PersonsSplit(person_id=TWICE, from_person_id=ADA, reason="two_people")


def test_an_entry_is_merged_into_another() -> None:
    when = given(merger, *ENTRY)

    assert when(MERGE) == [MERGED]


def test_merging_it_again_changes_nothing() -> None:
    when = given(merger, *ENTRY, MERGED)

    assert when(MERGE) == []


def test_the_survivor_takes_the_engagements_over() -> None:
    entry = person.fold([*ENTRY, ended(TWICE, SUPPLY)])
    when = given(merger, registered(ADA), started(ADA, TEACHING))

    assert when(TakeEngagements(person_id=ADA, engagements=tuple(entry.engagements.values()))) == [
        started(ADA, SUPPLY),
        ended(ADA, SUPPLY),
    ]


def test_an_engagement_that_both_entries_have_stays_the_survivors() -> None:
    when = given(merger, *ENTRY, started(TWICE, TEACHING))

    assert when(MERGE) == [MERGED]
    take = TakeEngagements(person_id=ADA, engagements=[Engagement(started=started(TWICE, TEACHING))])
    assert given(merger, registered(ADA), started(ADA, TEACHING))(take) == []


def test_an_entry_is_not_merged_into_itself() -> None:
    with refused("merged_into_itself", "/into_person_id"):
        given(merger, *ENTRY)(replace(MERGE, into_person_id=TWICE))


def test_nobody_survives_in_another_trust_or_unregistered() -> None:
    for survivor in (Person(), person.fold([registered(ADA, "99002")])):
        with refused("person_unknown", "/into_person_id"):
            given(merger, *ENTRY)(replace(MERGE, survivor=survivor))


def test_nobody_survives_who_was_merged() -> None:
    merged = person.fold([registered(ADA), PersonsMerged(person_id=ADA, into_person_id=CLEO, reason="duplicate")])

    with refused("person_merged", "/into_person_id"):
        given(merger, *ENTRY)(replace(MERGE, survivor=merged))


def test_an_entry_is_merged_once() -> None:
    with refused("person_merged", "/person_id"):
        given(merger, *ENTRY, MERGED)(replace(MERGE, into_person_id=CLEO))


def test_who_has_an_active_leader_record_survives() -> None:
    with refused("leader_record_active", "/person_id"):
        given(merger, *ENTRY)(replace(MERGE, leads=True))


def test_only_who_is_registered_is_merged_or_split() -> None:
    for command in (MERGE, SPLIT):
        with refused("person_unknown", "/person_id"):
            given(merger)(command)


def test_a_split_undoes_it() -> None:
    when = given(merger, *ENTRY, MERGED)

    assert when(SPLIT) == [SPLIT_AGAIN]
    assert person.fold([*ENTRY, MERGED, SPLIT_AGAIN]).merged is None


def test_the_engagements_go_back_with_what_happened_to_them_meanwhile() -> None:
    survivor = person.fold([registered(ADA), started(ADA, TEACHING), started(ADA, SUPPLY), ended(ADA, SUPPLY)])
    when = given(merger, *ENTRY, MERGED)

    assert when(replace(SPLIT, survivor=survivor)) == [SPLIT_AGAIN, ended(TWICE, SUPPLY)]


def test_the_survivor_gives_them_back() -> None:
    when = given(merger, registered(ADA), started(ADA, TEACHING), started(ADA, SUPPLY))
    back = ReturnEngagements(person_id=ADA, to_person_id=TWICE, engagement_ids=(SUPPLY,))
    moved = EngagementMoved(person_id=ADA, engagement_id=SUPPLY, to_person_id=TWICE)

    assert when(back) == [moved]
    assert person.fold([registered(ADA), started(ADA, SUPPLY), moved]).engagements == {}
    assert given(merger, registered(ADA), started(ADA, SUPPLY), moved)(back) == []


def test_splitting_it_again_changes_nothing() -> None:
    when = given(merger, *ENTRY, MERGED, SPLIT_AGAIN)

    assert when(SPLIT) == []


def test_only_what_was_merged_is_split() -> None:
    for events, command in (
        (ENTRY, SPLIT),
        ((*ENTRY, MERGED), replace(SPLIT, from_person_id=CLEO)),
        ((*ENTRY, MERGED, SPLIT_AGAIN), replace(SPLIT, from_person_id=CLEO)),
    ):
        with refused("not_merged", "/from_person_id"):
            given(merger, *events)(command)


def test_mergers_are_undone_last_first() -> None:
    further = replace(BOTH, merged=PersonsMerged(person_id=ADA, into_person_id=CLEO, reason="duplicate"))

    with refused("person_merged", "/from_person_id"):
        given(merger, *ENTRY, MERGED)(replace(SPLIT, survivor=further))


def test_a_merged_entry_takes_no_engagements_and_gives_none_back() -> None:
    for command in (
        TakeEngagements(person_id=TWICE, engagements=()),
        ReturnEngagements(person_id=TWICE, to_person_id=ADA, engagement_ids=()),
    ):
        with refused("person_merged", "/person_id"):
            given(merger, *ENTRY, MERGED)(command)


changes = st.lists(
    st.one_of(
        st.builds(
            ChangeEngagement,
            person_id=st.just(ADA),
            engagement_id=st.sampled_from([SUPPLY, TEACHING]),
            role=st.sampled_from(["teacher", "head_of_year"]),
            fte_hundredths=st.integers(1, 100),
            from_on=st.just(UNTIL),
        ),
        st.builds(
            EndEngagement,
            person_id=st.just(ADA),
            engagement_id=st.sampled_from([SUPPLY, TEACHING]),
            ended_on=st.just(UNTIL),
        ),
    ),
    max_size=5,
)


@over(changes, st.integers(1, 3))
def test_after_a_split_each_engagement_is_whole_and_one_persons(
    happens: list[ChangeEngagement | EndEngagement], times: int
) -> None:
    entry, survivor = person.fold(ENTRY), SURVIVOR
    for _ in range(times):
        taken = tuple(entry.engagements.values())
        entry = person.fold(merger.decide(replace(MERGE, survivor=survivor), entry), entry)
        survivor = person.fold(merger.decide(TakeEngagements(person_id=ADA, engagements=taken), survivor), survivor)
        for command in happens:
            try:
                survivor = person.fold(person.decide(command, survivor), survivor)
            except Rejected:
                continue
        while_merged = survivor
        assert entry.merged is not None
        back = ReturnEngagements(person_id=ADA, to_person_id=TWICE, engagement_ids=entry.merged.engagement_ids)
        entry = person.fold(merger.decide(replace(SPLIT, survivor=survivor), entry), entry)
        survivor = person.fold(merger.decide(back, survivor), survivor)

        assert (set(entry.engagements), set(survivor.engagements)) == ({SUPPLY}, {TEACHING})
        told = [replace(fact, person_id=ADA) for fact in entry.engagements[SUPPLY].facts]
        assert told == [*while_merged.engagements[SUPPLY].facts]
