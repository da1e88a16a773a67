"""Northmoor with something for every form to choose: actions, capacity, training, people and daily requests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from shared.contracts.codec import Sealer
from shared.contracts.collaboration import capacity as c
from shared.contracts.collaboration.planning import PriorityProposed
from shared.contracts.collaboration.support import SupportRequested
from tests.support.northmoor import CYCLE, NOW, northmoor
from tests.support.staffing import Staffing
from tests.support.story import Story, named

BIRCHFIELD, DENE, KINGSMEAD = "900002", "900004", "900010"


def busy(sealer: Sealer) -> Story:
    """The trust on the same afternoon."""
    story = northmoor(sealer)
    for action in ("tutoring", "books"):
        story.acts(action, f"{CYCLE} {KINGSMEAD}", f"{CYCLE} reading", "reading", KINGSMEAD)
    story.closes("books", KINGSMEAD, "green")
    _capacity(story)
    story.publishes("Leading a team")
    story.schedules("first", "Leading a team", NOW + timedelta(days=7))
    staff = Staffing(story)
    staff.enters("Ann Lee")
    staff.starts("Ann Lee", "post", DENE, "head", date(2020, 9, 1))
    for title in ("Reading first", "Fewer meetings"):
        proposed = PriorityProposed(
            priority_id=named(title),
            trustuid=story.trust,
            cycle=CYCLE,
            title=title,
            role_level="head",
            proposed_on=NOW.date(),
        )
        story.tell(proposed, f"priority-{named(title)}")
    asked = SupportRequested(
        request_id=named("boiler"),
        trustuid=story.trust,
        urn=DENE,
        kind="site",
        request="The boiler is out.",
        opened_at=NOW - timedelta(hours=3),
    )
    story.tell(asked, f"support-request-{named('boiler')}", urn=DENE)
    return story


def _capacity(story: Story) -> None:
    """An offer, a request, and a draft."""
    of: dict[str, Any] = {"trustuid": story.trust, "dimension": "people"}
    much: dict[str, Any] = {"unit": "half_days", "from_on": date(2026, 11, 1), "to_on": date(2026, 12, 18)}
    offer, request, draft = (named(name) for name in ("offer", "request", "draft"))
    offered = c.CapacityOffered(offer_id=offer, giver_urn=BIRCHFIELD, quantity=6, **of, **much)
    requested = c.CapacityRequested(request_id=request, taker_urn=DENE, quantity=4, **of, **much)
    answer = named(f"answer-{named(f'{CYCLE} attendance')}-{DENE}/1")
    drafted = c.CapacityRequested(request_id=draft, taker_urn=DENE, drafted=True, basis=answer, **of)
    story.tell(offered, f"capacity-offer-{offer}")
    story.tell(requested, f"capacity-request-{request}")
    story.tell(drafted, f"capacity-request-{draft}")
