"""What goes wrong between schools' systems and the platform, and must be answered as what it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.demo.plan import Diary, Expected, Saying
from deploy.demo.speakers import school_says
from deploy.demo.trust import JOINT, UID, named


def happen(diary: Diary, seed: int) -> None:
    """Repeats, refusals of seven kinds, and something that is not known yet."""
    mishaps = _Mishaps(diary, seed)
    mishaps.sent_twice()
    mishaps.refused()
    mishaps.unknown()


class _Mishaps:
    def __init__(self, diary: Diary, seed: int) -> None:
        self._diary = diary
        self._seed = seed
        self._said: dict[str, tuple[datetime, Saying]] = {
            saying.id: (moment.at, saying) for moment in diary.moments() for saying in moment.sayings
        }

    def sent_twice(self) -> None:
        """A connection broke, so the same is sent again, alone and as a whole batch."""
        batch = [id for id in self._said if id.startswith("900007-week-3")]
        for id in ("900001-week-2", *batch):
            at, saying = self._said[id]
            again = at if saying.door != "batch" else at + timedelta(minutes=1)
            self._diary.say(again, replace(saying, expects=Expected("duplicate")))

    def refused(self) -> None:
        self._meeting_of_next_week()
        self._infants_on_year_9()
        self._answered_again()
        self._id_of_last_week()
        self._speaks_for_another()
        self._no_such_state()
        self._speaks_for_the_trust()

    def _meeting_of_next_week(self) -> None:
        _, saying = self._said["900004-week-2"]
        planned = {**saying.data, "meeting_id": self._id("meeting", "planned")}
        expects = Expected("refused", "meeting_in_the_future", "/data/held_at")
        at = datetime(2026, 11, 5, 12, 30, tzinfo=UTC)
        self._diary.say(at, replace(saying, id="900004-calendar", data=planned, happened_at=None, expects=expects))

    def _infants_on_year_9(self) -> None:
        at, saying = self._said[f"{JOINT[0]}-week-2"]
        said = self._about(saying, "maths", rag="green")
        expects = Expected("refused", "item_not_for_this_school", "/data/item_id")
        self._diary.say(
            at, school_says(JOINT[0], f"{JOINT[0]}-maths", "AgendaItemFeedbackGiven", said, expects=expects)
        )

    def _answered_again(self) -> None:
        at, saying = self._said["900005-week-1"]
        said = self._about(saying, "reading", rag="amber")
        expects = Expected("refused", "already_answered", "/data/meeting_id")
        self._diary.say(at, school_says("900005", "900005-again", "AgendaItemFeedbackGiven", said, expects=expects))

    def _id_of_last_week(self) -> None:
        at, saying = self._said["900001-week-4"]
        expects = Expected("refused", "id_reused")
        self._diary.say(at, replace(saying, id="900001-week-3", expects=expects))

    def _speaks_for_another(self) -> None:
        at, saying = self._said["900002-week-4"]
        said = {**self._about(saying, "reading", rag="red"), "urn": "900004"}
        expects = Expected("refused", "not_your_school", "/data/urn")
        self._diary.say(at, school_says("900002", "900002-for-dene", "AgendaItemFeedbackGiven", said, expects=expects))

    def _no_such_state(self) -> None:
        at, saying = self._said["900012-week-5"]
        said = self._about(saying, "reading", rag="purple")
        expects = Expected("refused", "invalid", "/data/rag")
        self._diary.say(at, school_says("900012", "900012-purple", "AgendaItemFeedbackGiven", said, expects=expects))

    def _speaks_for_the_trust(self) -> None:
        at, saying = self._said["900009-week-3"]
        said = {key: self._about(saying, "reading")[key] for key in ("item_id", "urn", "meeting_id")}
        expects = Expected("refused", "trust_only", "/type")
        self._diary.say(at, school_says("900009", "900009-as-trust", "TrustAcknowledged", said, expects=expects))

    def unknown(self) -> None:
        """A type that nobody here knows yet is kept, not dropped."""
        at = datetime(2026, 12, 8, 12, 30, tzinfo=UTC)
        pulse = {"urn": "900012", "trustuid": UID, "answers_given": 48, "asked": 61, "on": at.date().isoformat()}
        expects = Expected("parked", "unknown_type")
        self._diary.say(at, school_says("900012", "900012-pulse", "WellbeingPulseTaken", pulse, expects=expects))

    def _about(self, saying: Saying, focus: str, **more: Any) -> dict[str, Any]:
        """An answer to an item of the cycle that a meeting was in."""
        cycle = (int(saying.id[-1]) + 1) // 2
        return {
            "meeting_id": saying.data["meeting_id"],
            "item_id": self._id("item", cycle, focus),
            "urn": saying.speaker.urns[0],
            **more,
        }

    def _id(self, *parts: object) -> str:
        return str(named(self._seed, *parts))
