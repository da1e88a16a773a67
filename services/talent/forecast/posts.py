"""Posts and schools: how many there are, how often posts fell vacant, and what is known to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from services.talent.forecast.facts import Facts, years
from services.talent.forecast.tenures import Tenure
from shared.contracts.talent.posts import CriticalPostRegistered
from shared.contracts.talent.register import SchoolJoinedTrust, SchoolLeftTrust, SchoolUrnSucceeded
from shared.contracts.vocabulary import Code, Day, Id, Urn

wanted: tuple[type[Any], ...] = (
    SchoolJoinedTrust,
    SchoolLeftTrust,
    SchoolUrnSucceeded,
)
_looked_back = timedelta(days=5 * 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schools:
    """The schools now, and how many joined in so many years up to now; those that began the trust did not join it."""

    members: frozenset[Urn] = frozenset()
    joined: int = 0
    joining_years: float = 0.0


@dataclass(slots=True, kw_only=True)
class PostHistory:
    """The posts of one type.

    Attributes:
        posts: how many there are; `at_schools` of them belong to schools: new schools bring more.
        vacant: how many wait for somebody now.
        post_years: how long they were held, all together; `vacancies`: how often somebody left one.
        leaving: the days on which somebody is expected to leave one.
    """

    posts: int = 0
    at_schools: int = 0
    vacant: int = 0
    post_years: float = 0.0
    vacancies: int = 0
    leaving: list[Day] = field(default_factory=list)


def schools_of(facts: Facts, on: Day) -> Schools:
    """The schools, each by the URN that it goes by now."""
    joined, left = _joined(facts, on), _left(facts, on)
    if not joined:
        return Schools()
    first = min(day for days in joined.values() for day in days)
    since = max(first, on - _looked_back)
    return Schools(
        members=frozenset(joined.keys() - left.keys()),
        joined=sum(min(days) > since for days in joined.values()),
        joining_years=years(since, on),
    )


def _joined(facts: Facts, on: Day) -> dict[Urn, list[Day]]:
    found: dict[Urn, list[Day]] = defaultdict(list)
    for event in facts.of(SchoolJoinedTrust):
        if event.joined_on <= on:
            found[_now_called(event.urn, facts, on)].append(event.joined_on)
    return found


def _left(facts: Facts, on: Day) -> dict[Urn, Day]:
    """The day that each school which is no member any more left on."""
    joined = _joined(facts, on)
    left = {_now_called(event.urn, facts, on): event.left_on for event in facts.of(SchoolLeftTrust)}
    return {urn: day for urn, day in left.items() if day <= on and all(came < day for came in joined.get(urn, ()))}


def _now_called(urn: Urn, facts: Facts, on: Day) -> Urn:
    """The URN at the end of the successions."""
    successors = {event.from_urn: event.to_urn for event in facts.of(SchoolUrnSucceeded) if event.on <= on}
    seen = {urn}
    while (following := successors.get(urn)) is not None and following not in seen:
        seen.add(following)
        urn = following
    return urn


def posts_of(facts: Facts, tenures: Mapping[Id, Sequence[Tenure]], on: Day) -> dict[Code, PostHistory]:
    """The posts by their type; one whose schools have all left the trust ended with them."""
    left = _left(facts, on)
    registered = {event.post_id: event for event in reversed(facts.of(CriticalPostRegistered))}  # the first of each
    found: dict[Code, PostHistory] = defaultdict(PostHistory)
    for post_id, post in registered.items():
        if post.registered_on > on:
            continue
        for_good = [tenure for tenure in tenures[post_id] if not tenure.interim]
        ended_on = max((left.get(_now_called(urn, facts, on), date.max) for urn in post.urns), default=date.max)
        _count(found[post.post_type], for_good, post.registered_on, min(on, ended_on))
        if ended_on > on:
            _stands(found[post.post_type], post, for_good, on)
    return dict(found)


def _count(history: PostHistory, tenures: Sequence[Tenure], since: Day, until: Day) -> None:
    """What happened to a post between two days."""
    held_to = since
    for tenure in sorted(tenures, key=lambda tenure: tenure.from_on):
        history.post_years += years(max(held_to, tenure.from_on), min(tenure.until_on, until))
        held_to = max(held_to, min(tenure.until_on, until))
        history.vacancies += since < tenure.until_on <= until and not tenure.goes_on


def _stands(history: PostHistory, post: CriticalPostRegistered, tenures: Sequence[Tenure], on: Day) -> None:
    """A post as it stands after everybody who left it and everybody who came; of one day, leaving comes first."""
    history.posts += 1
    history.at_schools += bool(post.urns)
    comings = [(t.from_on, -1) for t in tenures if not t.incumbent and post.registered_on <= t.from_on <= on]
    leavings = [(t.until_on, 1) for t in tenures if post.registered_on < t.until_on <= on]
    waiting = int(not any(t.incumbent for t in tenures))
    for _, change in sorted((*comings, *leavings), key=lambda at: (at[0], -at[1])):
        waiting = max(waiting + change, 0)
    history.vacant += waiting
    history.leaving += [t.until_on for t in tenures if t.from_on <= on < t.until_on < date.max and not t.goes_on]
