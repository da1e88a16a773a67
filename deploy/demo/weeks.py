"""The half term week by week, and the line that is said of each when it has been lived through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby

from deploy.demo.plan import Moment, Plan, Saying, answers
from deploy.demo.story import FIRST_MONDAY
from deploy.demo.trust import SCHOOLS

_FRIDAY = timedelta(days=4)


def by_week(plan: Plan) -> Iterator[tuple[int, tuple[Moment, ...]]]:
    """The moments of each week; 0 is before the half term."""
    for week, moments in groupby(plan.moments, key=lambda moment: week_of(moment.at)):
        yield week, tuple(moments)


def week_line(week: int, moments: Iterable[Moment]) -> str:
    """What a week brought, as far as it was known when it ended."""
    moments = tuple(moments)
    said = [saying for moment in moments for saying in moment.sayings]
    taken = [s for s in said if s.is_accepted] + [s for moment in moments for s in moment.brought_back]
    if week == 0:
        return _before(taken)
    held = [s for s in taken if s.event == "LeadershipTeamMeetingHeld"]
    met = {urn for s in held if week_of(datetime.fromisoformat(s.data["held_at"])) == week for urn in s.data["urns"]}
    due = sum(week in school.weeks for school in SCHOOLS)
    given = [answer for s in taken for answer in answers(s) if s.event != "FeedbackCorrected"]
    needing = {answer["urn"] for answer in given if answer.get("needs_help")}
    counts = (
        (len(given), "answer", "answers"),
        (sum(s.event == "FeedbackCorrected" for s in taken), "corrected", "corrected"),
        (sum(len(moment.overdue) for moment in moments), "overdue", "overdue"),
        (sum(s.event == "TrustResponseGiven" for s in taken), "response", "responses"),
        (sum(s.expects.outcome == "refused" for s in said), "refused", "refused"),
    )
    rest = "".join(f", {n} {one if n == 1 else many}" for n, one, many in counts if n)
    need = f"{len(needing)} need{'s' if len(needing) == 1 else ''} help"
    return f"Week {week}, {_days(week)}: {len(met)} of {due} met, {need}{rest}"


def _before(taken: Iterable[Saying]) -> str:
    made = Counter(saying.event for saying in taken)
    return (
        f"Before the half term: {made['SchoolJoinedTrust']} schools, {made['PersonRegistered']} people, "
        f"{made['SessionScheduled']} training sessions"
    )


def week_of(when: datetime) -> int:
    """The week of the half term, from 1; 0 is before it."""
    return max(0, (when.date() - FIRST_MONDAY).days // 7 + 1)


def _days(week: int) -> str:
    monday = FIRST_MONDAY + timedelta(days=7 * (week - 1))
    friday = monday + _FRIDAY
    first = f"{monday.day}" if monday.month == friday.month else f"{monday.day} {monday:%B}"
    return f"{first}\N{EN DASH}{friday.day} {friday:%B}"
