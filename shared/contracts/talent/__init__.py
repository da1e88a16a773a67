"""What happens in talent: the register, the leaders, the posts. Add fields, never rename or remove one."""

from shared.contracts.talent import (
    bookkeeping,
    careers,
    deployments,
    earlier,
    leaders,
    personal_data,
    posts,
    register,
    roles,
)
from shared.contracts.vocabulary import Contract

contract = Contract(
    "talent",
    v1=[
        *register.events,
        *leaders.events,
        *careers.events,
        *posts.events,
        *roles.events,
        *deployments.events,
        *earlier.events_v1,
        *personal_data.events,
        *bookkeeping.events,
    ],
    v2=[*deployments.events_v2],
    upcasters=earlier.upcasters,
)
