"""What many commands are asked first: has it happened, is that person known, are they still here?"""

from __future__ import annotations

from shared.contracts.vocabulary import Day
from shared.decider import Rejected


def check_happened(on: Day, today: Day, *, field: str) -> None:
    if on > today:
        raise Rejected("in_the_future", "Give today or an earlier day: this has not happened yet.", field=field)


def check_known(*, known: bool, field: str) -> None:
    if not known:
        raise Rejected("person_unknown", "This person is not in the register: register them first.", field=field)


def check_still_here(*, has_left: bool, field: str) -> None:
    if has_left:
        raise Rejected(
            "person_has_left",
            "This person's engagements have all ended: record where they work now first.",
            field=field,
        )
