"""Schools look at each other's work, and what is good travels: reviews, visits, moderation, templates, research."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.demo.people import People
from deploy.demo.plan import Diary, Saying
from deploy.demo.speakers import at, school_says, trust_reports, trust_says
from deploy.demo.trust import SCHOOLS, UID, named

_REVIEWS = (  # host, focus, reviewers' schools (the first leads)
    ("900006", "Curriculum in maths", ("900002", "900007")),
    ("900001", "Reading across the curriculum", ("900005", "900011")),
    ("900012", "Behaviour at changeover", ("900004", "900009")),
)
_UNDER_WAY = "900012"
_VISITS = (  # from, to, kind, focus, visitors, day
    ("900003", "900001", "learning_walk", "Phonics in Year 1", 3, "2026-11-10"),
    ("900001", "900003", "team_teaching", "Early number", 2, "2026-11-17"),
    ("900009", "900002", "meeting_observed", "How a leadership team decides", 2, "2026-11-24"),
    ("900008", "900005", "book_scrutiny", "Writing in Year 4", 4, "2026-12-02"),
)
_MODERATIONS = (
    ("Writing in Year 6", ("900001", "900005", "900008", "900011"), "2026-11-25"),
    ("Performance-management reviews", ("900002", "900004", "900007"), "2026-12-09"),
)


def review(diary: Diary, people: People, seed: int) -> None:
    """All of it, as the half term goes on."""
    told = _Reviewing(people, seed)
    for when, sayings in (
        ("2026-11-04T10:00", [*told.requested(), *told.planned(), told.induction()]),
        ("2026-11-06T10:00", told.agreed()),
        ("2026-11-12T12:30", told.found("900006")),
        ("2026-11-19T12:30", told.found("900001")),
        ("2026-11-20T10:00", [*told.followed_up(), *told.waived()]),
        ("2026-11-23T10:00", told.completed()),
        ("2026-11-26T12:30", [told.moderated(), *told.templates(), told.research()]),
        ("2026-12-03T12:30", [*told.adopted(), *told.visited(), told.new_version()]),
        ("2026-12-15T09:00", [*told.closed(), told.finding(), told.adopts_again()]),
    ):
        diary.say(at(when), *sayings)


class _Reviewing:
    def __init__(self, people: People, seed: int) -> None:
        self._people = people
        self._seed = seed

    def requested(self) -> Iterator[Saying]:
        for host, focus, _ in _REVIEWS:
            data = {
                "review_id": self._id("review", host),
                "trustuid": UID,
                "urn": host,
                "focus": focus,
                "from_on": "2026-11-09",
                "to_on": "2026-12-18",
            }
            yield trust_reports(f"review-{host}", "ReviewRequested", data)

    def agreed(self) -> Iterator[Saying]:
        for host, _, schools in _REVIEWS:
            for number, urn in enumerate(schools):
                data = {
                    "review_id": self._id("review", host),
                    "reviewer_id": self._deputy(urn),
                    "reviewer_urn": urn,
                    "lead": number == 0,
                    "conflict_declared_on": "2026-11-05",
                    **({"trained_on": "2025-06-12"} if number == 0 else {}),
                }
                yield trust_reports(f"review-{host}-reviewer-{urn}", "ReviewerAgreed", data)

    def found(self, host: str) -> Iterator[Saying]:
        """A strength and two things to develop, one of them in what a person is responsible for."""
        day = "2026-11-12" if host == "900006" else "2026-11-19"
        senco = self._people.at(host, "senco")
        for number, (area, kind, estimate, evidence, text) in enumerate(
            (
                (
                    "leadership",
                    "strength",
                    "effective",
                    ["meeting_observed", "conversation"],
                    "{name} knows each set.",
                ),
                ("curriculum", "development", "working_towards_effective", ["book_scrutiny"], "{name} sees gaps."),
                ("inclusion", "development", "working_towards_effective", ["learning_walk", "lesson"], "{name} knows."),
            )
        ):
            data = {
                "review_id": self._id("review", host),
                "finding_id": self._id("finding", host, number),
                "area": area,
                "kind": kind,
                "estimate": estimate,
                "evidence": evidence,
                "finding": text.format(name=self._people.at(host, "headteacher").name),
                "found_on": day,
                **({"responsible_id": str(senco.person_id)} if area == "inclusion" else {}),
            }
            yield trust_reports(f"review-{host}-finding-{number}", "ReviewFindingRecorded", data)

    def followed_up(self) -> Iterator[Saying]:
        for host in ("900006", "900001"):
            data = {
                "review_id": self._id("review", host),
                "action_id": self._id("follow-up", host),
                "finding_id": self._id("finding", host, 1),
                "action": f"{self._people.at(host, 'deputy_headteacher').name} looks at books with each set's teacher.",
                "owner": "deputy_headteacher",
                "due_on": "2026-12-11" if host == "900006" else "2027-01-29",
            }
            yield trust_reports(f"review-{host}-follow-up", "FollowUpActionAgreed", data)

    def waived(self) -> Iterator[Saying]:
        for host in ("900006", "900001"):
            data = {
                "review_id": self._id("review", host),
                "finding_id": self._id("finding", host, 2),
                "reason": "The trust's inclusion project answers this from January.",
                "waived_on": "2026-11-20",
            }
            yield trust_reports(f"review-{host}-waived", "FollowUpWaived", data)

    def completed(self) -> Iterator[Saying]:
        for host, _, _ in _REVIEWS:
            if host != _UNDER_WAY:
                data = {
                    "review_id": self._id("review", host),
                    "agreed_by_host_on": "2026-11-20",
                    "completed_on": "2026-11-23",
                }
                yield trust_reports(f"review-{host}-completed", "ReviewCompleted", data)

    def closed(self) -> Iterator[Saying]:
        data = {
            "review_id": self._id("review", "900006"),
            "action_id": self._id("follow-up", "900006"),
            "outcome": "green",
            "estimate_after": "effective",
            "closed_on": "2026-12-14",
        }
        yield trust_reports("review-900006-follow-up-closed", "FollowUpActionClosed", data)

    def visited(self) -> Iterator[Saying]:
        for number, (from_urn, to_urn, kind, focus, visitors, day) in enumerate(_VISITS):
            data = {
                "visit_id": self._id("peer-visit", number),
                "trustuid": UID,
                "from_urn": from_urn,
                "to_urn": to_urn,
                "kind": kind,
                "focus": focus,
                "visitors": visitors,
                "held_on": day,
            }
            yield trust_reports(f"peer-visit-{number}", "PeerVisitHeld", data)

    def planned(self) -> Iterator[Saying]:
        for number, (subject, urns, day) in enumerate(_MODERATIONS):
            data = {
                "moderation_id": self._id("moderation", number),
                "trustuid": UID,
                "subject": subject,
                "urns": list(urns),
                "starts_at": f"{day}T15:45:00+00:00",
                "ends_at": f"{day}T17:15:00+00:00",
                "where": "Trust office, room 1",
            }
            yield trust_reports(f"moderation-{number}", "ModerationPlanned", data)

    def moderated(self) -> Saying:
        _, urns, day = _MODERATIONS[0]
        data = {
            "moderation_id": self._id("moderation", 0),
            "urns": list(urns),
            "sampled": 40,
            "agreed": 34,
            "adjusted": 6,
            "held_on": day,
        }
        return trust_reports("moderation-0-held", "ModerationHeld", data)

    def induction(self) -> Saying:
        data = {
            "induction_id": self._id("trust-induction"),
            "trustuid": UID,
            "title": "Welcome to Northmoor",
            "starts_at": "2027-01-04T09:00:00+00:00",
            "ends_at": "2027-01-04T15:30:00+00:00",
            "where": "Ivybridge College, theatre",
            "places": 120,
        }
        return trust_says("trust-induction", "TrustInductionPlanned", data, service="talent")

    def templates(self) -> Iterator[Saying]:
        yield self._template("meeting", "An agenda for the first meeting of a half-term", None, "Ten lines, no more.")
        yield self._template("reading", "A reading lesson in five steps", "900002", "Hear, read, talk, write, read.")

    def new_version(self) -> Saying:
        return self._template("reading", "A reading lesson in five steps", "900002", "Hear, read twice, talk, write.")

    def _template(self, name: str, title: str, urn: str | None, summary: str) -> Saying:
        data = {
            "template_id": self._id("template", name),
            "trustuid": UID,
            "title": title,
            "summary": summary,
            "shared_on": "2026-12-03" if "twice" in summary else "2026-11-26",
            **({} if urn is None else {"urn": urn}),
        }
        return trust_reports(f"template-{name}-{data['shared_on']}", "PracticeTemplateShared", data)

    def adopted(self) -> Iterator[Saying]:
        for name, urns in (("meeting", [s.urn for s in SCHOOLS[:8]]), ("reading", ["900001", "900005", "900010"])):
            for urn in urns:
                yield self._adopts(name, urn, 1, "2026-12-02")

    def adopts_again(self) -> Saying:
        return self._adopts("reading", "900005", 2, "2026-12-14")

    def _adopts(self, name: str, urn: str, version: int, on: str) -> Saying:
        data = {"template_id": self._id("template", name), "urn": urn, "version": version, "adopted_on": on}
        return trust_reports(f"template-{name}-{urn}-{version}", "PracticeTemplateAdopted", data)

    def research(self) -> Saying:
        data = {
            "group_id": self._id("research"),
            "trustuid": UID,
            "question": "Does reading aloud to Year 9 change what they choose to read?",
            "member_ids": [self._deputy(urn) for urn in ("900002", "900004", "900009")],
            "urns": ["900002", "900004", "900009"],
            "formed_on": "2026-11-26",
        }
        return trust_reports("research", "ResearchGroupFormed", data)

    def finding(self) -> Saying:
        data = {
            "group_id": self._id("research"),
            "finding_id": self._id("research", "finding"),
            "finding": "Loans from the library doubled in five weeks; what was borrowed was longer.",
            "shared_on": "2026-12-15",
        }
        return school_says("900002", "research-finding", "ResearchFindingShared", data)

    def _deputy(self, urn: str) -> str:
        return str(self._people.at(urn, "deputy_headteacher").person_id)

    def _id(self, *parts: object) -> str:
        return str(named(self._seed, *parts))
