"""What do leaders want first?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from tests.support.fold.history import Event, History, Row, of, when_and_where
from tests.support.fold.register import Register
from tests.support.fold.report import Report
from tests.support.fold.staff import Staff

Group = tuple[str, str, str | None, str]
"""A trust, a cycle, a school's URN (none: all schools) and a role level, or "all"."""


def priorities(history: History, at: datetime) -> list[Row]:
    """One row a cycle, a group of voters and a proposal; `history` is what was known at `at`."""
    register = Register(history, at)
    agreed = {
        (event["data"]["trustuid"], event["data"]["cycle"], event["data"]["priority_id"]): event
        for event in of(history, "PriorityAgreed")
    }
    proposals: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in of(history, "PriorityProposed"):
        proposals[event["data"]["trustuid"], event["data"]["cycle"]].append(event)
    groups = _groups(_ballots(history, Staff(history, at)))
    for trustuid, cycle in proposals:
        groups.setdefault((trustuid, cycle, None, "all"), [])
    rows = []
    for (trustuid, cycle, urn, level), ballots in groups.items():
        proposed = proposals[trustuid, cycle]
        rankings = [_standing(ballot, proposed) for ballot in ballots]
        points = {
            event["data"]["priority_id"]: sum(_points(event, ranking, len(proposed)) for ranking in rankings)
            for event in proposed
        }
        for event in proposed:
            proposal = event["data"]
            priority_id = proposal["priority_id"]
            own = proposal.get("urn")
            agreement = agreed.get((trustuid, cycle, priority_id))
            rows.append(
                {
                    "trustuid": trustuid,
                    "cycle": cycle,
                    "urn": urn,
                    "school": register.name(trustuid, urn) if urn else "All schools",
                    "role_level": level,
                    "priority_id": priority_id,
                    "priority": proposal["title"],
                    "proposed_by": register.name(trustuid, own) if own else "The trust",
                    "ballots": len(ballots),
                    "points": points[priority_id] if ballots else None,
                    "place": 1 + sum(other > points[priority_id] for other in points.values()) if ballots else None,
                    "first_choices": sum(ranking[:1] == [priority_id] for ranking in rankings),
                    "ranked_by": sum(priority_id in ranking for ranking in rankings),
                    "agreed_rank": agreement["data"]["rank"] if agreement else None,
                    "event_id": event["id"],
                    "agreed_event_id": agreement["id"] if agreement else None,
                }
            )
    return rows


def _ballots(history: History, staff: Staff) -> list[Event]:
    """The latest of each person in each cycle: in a stream the last one, across a person's streams by when it was."""
    of_stream = {event["stream"]: event for event in of(history, "PriorityVoted")}
    of_person: dict[tuple[str, str, str], Event] = {}
    for event in sorted(of_stream.values(), key=when_and_where):
        ballot = event["data"]
        of_person[ballot["trustuid"], ballot["cycle"], staff.person(ballot["person_id"])] = event
    return list(of_person.values())


def _groups(ballots: Sequence[Event]) -> dict[Group, list[Event]]:
    groups: dict[Group, list[Event]] = defaultdict(list)
    for event in ballots:
        ballot = event["data"]
        schools = {None, ballot.get("urn")}
        for urn in schools:
            for level in ("all", ballot["role_level"]):
                groups[ballot["trustuid"], ballot["cycle"], urn, level].append(event)
    return groups


def _standing(ballot: Event, proposed: Sequence[Event]) -> list[str]:
    """A ballot's order of what is proposed and not void."""
    there = {event["data"]["priority_id"] for event in proposed}
    return [priority_id for priority_id in ballot["data"]["ranking"] if priority_id in there]


def _points(proposal: Event, ranking: Sequence[str], proposals: int) -> int:
    priority_id = proposal["data"]["priority_id"]
    return proposals - 1 - ranking.index(priority_id) if priority_id in ranking else 0


report = Report(priorities, ("trustuid", "cycle", "urn", "role_level", "priority_id"))
