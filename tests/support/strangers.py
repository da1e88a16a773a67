"""What was said in the demo, and for each saying a school whose business it is not."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import chain

from deploy.baton.demo import SEED
from deploy.demo.half_term import half_term
from deploy.demo.plan import Saying
from deploy.demo.trust import SCHOOLS

ELSEWHERE = "900099"
"""A school that has no part in the demo, for what is every school's business."""
URNS = re.compile(r"\b9000[01][0-9]\b")
_ids = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@cache
def by_type() -> Mapping[str, Sequence[Saying]]:
    """All that is accepted, by its type."""
    sayings: defaultdict[str, list[Saying]] = defaultdict(list)
    for saying in half_term(SEED).taken():
        sayings[saying.type].append(saying)
    return sayings


class Strangers:
    """Schools whose business something is not: they are not named wherever what it speaks of is."""

    def __init__(self) -> None:
        self._schools_of: defaultdict[str, set[str]] = defaultdict(set)
        for saying in chain.from_iterable(by_type().values()):
            for id_ in _ids.findall(json.dumps(saying.data)):
                self._schools_of[id_] |= schools_of(saying)

    def to(self, saying: Saying) -> str:
        """One of them; `ELSEWHERE` where it is every school's business."""
        ids = _ids.findall(json.dumps(saying.data))
        return _other_than(schools_of(saying).union(*(self._schools_of[id_] for id_ in ids))) or ELSEWHERE

    def to_words_of(self, saying: Saying) -> str:
        """A school that is at least not named in it, where all schools have to do with what it speaks of."""
        found = self.to(saying)
        return found if found != ELSEWHERE else _other_than(schools_of(saying)) or ELSEWHERE


def schools_of(saying: Saying) -> set[str]:
    """The schools that a saying names, and those that say it."""
    return {*URNS.findall(json.dumps(saying.data)), *saying.speaker.urns}


def _other_than(urns: set[str]) -> str | None:
    return next((school.urn for school in SCHOOLS if school.urn not in urns), None)
