"""Histories of deployments that ended as version 1 said it: upcast and folded, they are what they always were."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given as over
from hypothesis import strategies as st

from services.talent.domain.deployment import Deployment, DeploymentCommand, DeploymentEvent, Deployments, deployments
from shared.contracts import codec
from shared.contracts.talent.deployments import DeploymentEnded
from shared.decider import Rejected
from tests.contracts.goldens import record
from tests.unit.talent.test_deployment import CALL_OFF, CONFIRM, END, FIRST, PROPOSE, SECOND, STARTS

V1 = "uk.mat.talent.DeploymentEnded.v1"
_commands = st.sampled_from([PROPOSE, CONFIRM, END, CALL_OFF, replace(END, days_given=3)])
_ids = st.sampled_from([FIRST, SECOND])
_days = st.integers(-3, 3)


def happened(commands: Sequence[tuple[DeploymentCommand, Any, int]]) -> list[DeploymentEvent]:
    """What is recorded of these commands, each of one of two deployments; ends are days before or after the start."""
    events: list[DeploymentEvent] = []
    for command, deployment_id, days in commands:
        asked: Any = {"deployment_id": deployment_id}
        if command in (END, CALL_OFF):
            asked["ended_on"] = STARTS + timedelta(days=days)
        try:
            events += deployments.decide(replace(command, **asked), deployments.fold(events))
        except Rejected:
            continue
    return events


def as_it_was_recorded(event: DeploymentEvent) -> DeploymentEvent:
    """The event, read from the record that version 1 made of it."""
    if not isinstance(event, DeploymentEnded):
        return event
    content = json.loads(record(replace(event, impact=event.impact and f"sealed:{event.impact}")))
    if content["outcome"] == "called_off":
        del content["outcome"]
    read: DeploymentEnded = codec.decode(V1, json.dumps(content).encode())
    return replace(read, impact=read.impact and read.impact.removeprefix("sealed:"))


def days_in_version_1(deployment: Deployment) -> int:
    """By the rule of that time: what ended before it was confirmed, or before it began, was called off."""
    if deployment.confirmed is None:
        return 0
    if deployment.ended is None:
        return deployment.proposed.days
    ended_on, given, _ = deployment.ended
    if ended_on < deployment.proposed.starts_on:
        return 0
    return deployment.proposed.days if given is None else given


@over(st.lists(st.tuples(_commands, _ids, _days), max_size=8))
def test_upcasting_and_folding_commute(commands: list[tuple[DeploymentCommand, Any, int]]) -> None:
    events = happened(commands)
    upcast = [as_it_was_recorded(event) for event in events]

    assert upcast == events
    state: Deployments = deployments.fold(upcast)
    assert state == deployments.fold(events)
    assert [one.days for one in state.by_id.values()] == [days_in_version_1(one) for one in state.by_id.values()]
