"""Schools are asked to change; some is consulted on, adopted or dropped; decisions are passed on and understood."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from tests.support.changing import Changing
from tests.support.story import named
from tests.support.teller import Act, Chapter, Teller

GROUPS = ("staff", "governors", "parents")
JUDGED: Sequence[dict[str, Any]] = (
    {},
    {"meets_standard": True},
    {"meets_standard": False, "missing_groups": ("unions",), "days_short": 3},
)


class Changes(Chapter):
    reports = ("change",)

    def __init__(self, teller: Teller) -> None:
        super().__init__(teller)
        self.changing = Changing(self.story)
        self._changes: dict[str, list[str]] = {}
        self._decisions: dict[str, tuple[list[str], list[str]]] = {}

    def acts(self) -> Sequence[Act]:
        return (
            [self._proposes] * 8 + [self._consults] * 8 + [self._adopts] * 8 + [self._drops] * 2
            + [self._passes_on] * 6 + [self._understands] * 14
        )  # fmt: skip

    def _standing(self, stream: str) -> list[str]:
        """The classes of what stands in a stream."""
        return [delivered.envelope.type.split(".")[3] for delivered in self.teller.stream(stream)]

    def _proposes(self) -> None:
        name = f"change {self.teller.trust} {len(self.story.told)}"
        self._changes[name] = self.chance.sample(self.teller.urns, self.chance.randint(1, 4))
        self.changing.proposes(name, self._changes[name], days=self.chance.randrange(40))

    def _undecided(self) -> str | None:
        streams = {name: self._standing(f"change-{named(name)}") for name in self._changes}
        some = [name for name, told in streams.items() if told and not {"ChangeAdopted", "ChangeDropped"} & {*told}]
        return self.chance.choice(some) if some else None

    def _consults(self) -> None:
        if name := self._undecided():
            groups = self.chance.sample(GROUPS, 2)
            self.changing.consults(name, groups, self.chance.randint(1, 30), **self.chance.choice(JUDGED))

    def _adopts(self) -> None:
        if name := self._undecided():
            from_on = self.teller.day()
            to_on = from_on + timedelta(days=self.chance.randrange(20))
            self.changing.adopts(name, self._changes[name], from_on, to_on)

    def _drops(self) -> None:
        if name := self._undecided():
            self.changing.drops(name)

    def _passes_on(self) -> None:
        name = f"decision {self.teller.trust} {len(self.story.told)}"
        adopted = [one for one in self._changes if "ChangeAdopted" in self._standing(f"change-{named(one)}")]
        urns, audience = self.chance.sample(self.teller.urns, 2), self.chance.sample(("teacher", "support"), 2)
        self._decisions[name] = (urns, audience)
        self.changing.passes_on(name, urns, audience, self.chance.choice((None, *adopted)))

    def _understands(self) -> None:
        names = [name for name in self._decisions if self._standing(f"decision-{named(name)}")]
        if names:
            name = self.chance.choice(names)
            urns, audience = self._decisions[name]
            expected = self.chance.randrange(9)
            understood = self.chance.randint(0, expected)
            self.changing.understands(
                name, self.chance.choice(urns), self.chance.choice(audience), understood, expected
            )
