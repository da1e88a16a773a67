"""A demo from its start to its end: a stack, the real register, the demo trust, half a term, the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from deploy.demo.another_stack import another_stack
from deploy.demo.doors import open_doors
from deploy.demo.half_term import half_term
from deploy.demo.plan import Plan
from deploy.demo.playing import Play
from deploy.demo.telling import Told, look
from deploy.demo.trust import SCHOOLS, UID
from deploy.description import topics_of_school
from deploy.errors import Unmet
from deploy.local import stack
from deploy.register.importing import Files, import_register
from deploy.register.reading import BUNDLED, ESTABLISHMENTS, GROUP_LINKS, ROLES
from deploy.register.talent import talent_door
from deploy.settings import StackSettings
from deploy.table import Source
from deploy.topics import ensure_topics
from shared.clock import SimulatedClock

Progress = Callable[[str], None]


async def run_demo(settings: StackSettings, seed: int, report: Progress) -> Told:
    """Start a stack without data, live through the half term, and look at the reports. The stack stays up."""
    plan, clock = half_term(seed), SimulatedClock(settings.clock)
    clock.move_to(plan.starts_at)
    await stack.up(settings, report, simulated_clock=True)
    return await _live_through(settings, plan, clock, report)


async def run_demo_elsewhere(settings: StackSettings, seed: int, report: Progress) -> Told:
    """Live through the half term on a stack that somebody else started, and who stops it.

    Raises:
        Unmet: it is not there, or not as the demo needs it; then nothing of it was changed.
    """
    report("Looking at the stack")
    plan, clock = half_term(seed), SimulatedClock(settings.clock)
    async with another_stack(settings) as other:
        await other.check()
        await other.move_clock(clock, plan.starts_at)
    return await _live_through(settings, plan, clock, report)


async def _live_through(settings: StackSettings, plan: Plan, clock: SimulatedClock, report: Progress) -> Told:
    report("Admitting twelve schools to Kafka")
    await ensure_topics(settings.cluster, [topic for school in SCHOOLS for topic in topics_of_school(school.urn)])
    known = Counter(talent=await _import_register(settings, plan.starts_at, report))
    return await _play(settings, plan, clock, known, report)


async def _import_register(settings: StackSettings, now: datetime, report: Progress) -> int:
    """Import the real register as it comes with this repository; how many events came of it."""
    report("Importing the register")
    files = Files(
        establishments=Source.of(BUNDLED / ESTABLISHMENTS),
        group_links=Source.of(BUNDLED / GROUP_LINKS),
        roles=Source.of(BUNDLED / ROLES),
        trustuid=UID,
        as_at=now.date(),
    )
    async with talent_door(settings) as talent:
        imported = await import_register(files, talent, lambda _: None)
    if imported.problems:
        raise Unmet(f"The register that comes with Baton has a problem: {imported.problems[0].message}")
    return imported.recorded


async def _play(
    settings: StackSettings, plan: Plan, clock: SimulatedClock, known: Counter[str], report: Progress
) -> Told:
    async with open_doors(settings, clock.now) as doors:
        return await look(doors, await Play(doors, clock, known).through(plan, report))
