"""What many commands are asked first: has it happened?"""

from __future__ import annotations

from shared.contracts.vocabulary import Day
from shared.decider import Rejected


def check_happened(on: Day, today: Day, *, field: str) -> None:
    if on > today:
        raise Rejected("in_the_future", "Give today or an earlier day: this has not happened yet.", field=field)
