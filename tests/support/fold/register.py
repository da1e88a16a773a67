"""Which schools there are."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from tests.support.fold.history import LONDON, History, of


class Register:
    """Which schools there are: what they are called, which URN they go by now, when they were members of a trust."""

    def __init__(self, history: History, at: datetime) -> None:
        today = at.astimezone(LONDON).date()
        self._names: dict[tuple[str, str], str] = {}
        self._successors: dict[tuple[str, str], str] = {}
        self._spells: dict[tuple[str, str], list[tuple[date, date]]] = defaultdict(list)
        """From the first day inside to the first day outside."""
        for event in of(history, "SchoolJoinedTrust"):
            school = event["data"]
            self._names[school["trustuid"], school["urn"]] = school["name"]
        for event in of(history, "SchoolJoinedTrust", "SchoolLeftTrust"):
            school = event["data"]
            spells = self._spells[school["trustuid"], school["urn"]]
            if "joined_on" in school:
                spells.append((date.fromisoformat(school["joined_on"]), date.max))
            else:
                spells[-1] = (spells[-1][0], date.fromisoformat(school["left_on"]))
        for event in of(history, "SchoolUrnSucceeded"):
            school = event["data"]
            if date.fromisoformat(school["on"]) <= today:
                self._successors[school["trustuid"], school["from_urn"]] = school["to_urn"]

    def name(self, trustuid: str, urn: str) -> str:
        """What a school is called; its URN where the register does not know it."""
        return self._names.get((trustuid, urn), urn)

    def known_name(self, trustuid: str, urn: str) -> str | None:
        """What a school is called; None where the register does not know it."""
        return self._names.get((trustuid, urn))

    def name_today(self, trustuid: str, urn: str) -> str:
        """What a school is called under the URN that it goes by now."""
        return self.name(trustuid, self.current_urn(trustuid, urn))

    def current_urn(self, trustuid: str, urn: str) -> str:
        """The URN at the end of the successions; of a ring of them, where it began."""
        passed = [urn]
        while (following := self._successors.get((trustuid, passed[-1]))) is not None:
            if following in passed:
                return urn
            passed.append(following)
        return passed[-1]

    def was_member(self, trustuid: str, urn: str, day: date) -> bool:
        """Whether a school was a member on a day; one that the register does not know is taken for one."""
        if (trustuid, urn) not in self._names:
            return True
        return any(first <= day < outside for first, outside in self._spells[trustuid, urn])
