"""Templates are shared and adopted, groups look into questions, schools moderate and tell each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from shared.contracts.collaboration import practice as p
from shared.contracts.collaboration import reviews as r
from shared.contracts.collaboration import support as s
from tests.support.story import named
from tests.support.teller import Act, Chapter, Teller

THEMES = ("reading", "attendance", "maths")


class Practice(Chapter):
    reports = ("practice",)

    def __init__(self, teller: Teller) -> None:
        super().__init__(teller)
        self._templates: dict[str, int] = {}
        """The last version of each."""
        self._groups: list[str] = []
        self._moderations: dict[str, list[str]] = {}
        """The schools of each that is planned."""

    def acts(self) -> Sequence[Act]:
        return (
            [self._shares] * 6 + [self._adopts] * 10 + [self._forms] * 3 + [self._finds] * 6
            + [self._plans] * 4 + [self._moderates] * 4 + [self._tells] * 12
        )  # fmt: skip

    def forgets(self, event: Any) -> None:
        gone: set[UUID] = {value for value in (getattr(event, name, None) for name in _IDS) if value is not None}
        self._templates = {name: version for name, version in self._templates.items() if named(name) not in gone}
        self._groups = [name for name in self._groups if named(name) not in gone]
        self._moderations = {name: urns for name, urns in self._moderations.items() if named(name) not in gone}

    def _shares(self) -> None:
        known = list(self._templates)
        again = bool(known) and self.chance.random() < 0.4
        name = self.chance.choice(known) if again else f"template {self.teller.trust} {len(self.story.told)}"
        self._templates[name] = self._templates.get(name, 0) + 1
        event = p.PracticeTemplateShared(
            template_id=named(name),
            trustuid=self.teller.trust,
            urn=self.chance.choice((None, *self.teller.urns)),
            title=f"{name}, {self._templates[name]}",
            version=self._templates[name],
            summary="How to read aloud.",
            shared_on=self.story.now.date(),
        )
        self.story.tell(event, f"practice-template-{named(name)}")

    def _adopts(self) -> None:
        if self._templates:
            name, version = self.chance.choice(list(self._templates.items()))
            urn = self.chance.choice(self.teller.urns)
            event = p.PracticeTemplateAdopted(
                template_id=named(name), urn=urn, version=version, adopted_on=self.story.now.date()
            )
            self.story.tell(event, f"practice-template-{named(name)}", urn=urn)

    def _forms(self) -> None:
        name = f"group {self.teller.trust} {len(self.story.told)}"
        event = p.ResearchGroupFormed(
            group_id=named(name),
            trustuid=self.teller.trust,
            question=f"What does {name} find?",
            member_ids=(named("Ana"), named("Ben")),
            urns=tuple(self._some_schools()),
            formed_on=self.story.now.date(),
        )
        self.story.tell(event, f"research-group-{named(name)}")
        self._groups.append(name)

    def _finds(self) -> None:
        if self._groups:
            name = self.chance.choice(self._groups)
            event = p.ResearchFindingShared(
                group_id=named(name),
                finding_id=named(f"finding {len(self.story.told)}"),
                finding=f"More than was thought on {self.story.now:%d %B}.",
                shared_on=self.story.now.date(),
            )
            self.story.tell(event, f"research-group-{named(name)}")

    def _plans(self) -> None:
        name, starts_at = f"moderation {self.teller.trust} {len(self.story.told)}", self.story.now
        self._moderations[name] = self._some_schools(2)
        event = r.ModerationPlanned(
            moderation_id=named(name),
            trustuid=self.teller.trust,
            subject=self.chance.choice(("Writing", "Maths")),
            urns=tuple(self._moderations[name]),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            where="Hall",
        )
        self.story.tell(event, f"moderation-{named(name)}")

    def _moderates(self) -> None:
        if self._moderations:
            name = self.chance.choice(list(self._moderations))
            planned = self._moderations.pop(name)
            event = r.ModerationHeld(
                moderation_id=named(name),
                urns=tuple(self.chance.sample(planned, self.chance.randrange(2, len(planned) + 1))),
                sampled=10,
                agreed=8,
                adjusted=2,
                held_on=self.story.now.date(),
            )
            self.story.tell(event, f"moderation-{named(name)}")

    def _tells(self) -> None:
        name, urn = f"experience {len(self.story.told)}", self.chance.choice(self.teller.urns)
        about: Any = {"trustuid": self.teller.trust, "urn": urn, "theme": self.chance.choice(THEMES), "text": "Look!"}
        event: Any
        if self.chance.random() < 0.5:
            event = s.SuccessShared(success_id=named(name), shared_at=self.story.now, **about)
        else:
            event = s.ChallengeRaised(challenge_id=named(name), raised_at=self.story.now, **about)
        self.story.tell(event, f"shared-experience-{named(name)}", urn=urn)

    def _some_schools(self, least: int = 1) -> list[str]:
        return self.chance.sample(self.teller.urns, self.chance.randrange(least, 5))


_IDS = ("template_id", "group_id", "moderation_id")
