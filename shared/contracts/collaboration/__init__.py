"""What happens in collaboration: the loop, and how schools help and review each other. Add fields, never rename one."""

from shared.contracts.collaboration import (
    bookkeeping,
    capacity,
    change,
    coaching,
    loop,
    one_to_ones,
    partnerships,
    planning,
    practice,
    reviews,
    support,
)
from shared.contracts.vocabulary import Contract

contract = Contract(
    "collaboration",
    v1=[
        *loop.events,
        *planning.events,
        *support.events,
        *one_to_ones.events,
        *reviews.events,
        *coaching.events,
        *partnerships.events,
        *capacity.events,
        *practice.events,
        *change.events,
        *bookkeeping.events,
    ],
)
