"""Whom a listener hears is what its code names, however it names it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from services.reporting.composition import all_projections, heard
from shared.contracts import codec
from shared.contracts.cpd import programmes
from shared.contracts.talent.bookkeeping import RecordVoided
from shared.contracts.talent.register import (
    PersonRegistered,
    PersonsMerged,
    PersonsSplit,
    SchoolJoinedTrust,
    SchoolLeftTrust,
    TrustRegistered,
)
from shared.documents.listening import heard_by
from shared.intake import origins


async def by_case(_: Any, arrivals: Sequence[Any]) -> None:
    for arrival in arrivals:
        match arrival.event:
            case SchoolJoinedTrust() | SchoolLeftTrust():
                _keep(arrival)
            case _:
                pass


def _keep(arrival: Any) -> bool:
    return isinstance(arrival.event, TrustRegistered)


_writes: Mapping[type[Any], Any] = {PersonRegistered: _keep}
_union = PersonsMerged | PersonsSplit


async def by_mapping(_: Any, arrivals: Sequence[Any]) -> None:
    for arrival in arrivals:
        _writes[type(arrival.event)](arrival)


async def by_module(_: Any, arrivals: Sequence[Any]) -> None:
    assert [a for a in arrivals if isinstance(a.event, programmes.SessionScheduled)]


async def by_union(_: Any, arrivals: Sequence[Any]) -> None:
    assert [a for a in arrivals if isinstance(a.event, _union)]


async def by_name_of_any(_: Any, arrivals: Sequence[Any]) -> None:
    assert [codec.type_name(a.event) for a in arrivals]


def given(listener: Any) -> Any:
    async def listening(connection: Any, arrivals: Sequence[Any]) -> None:
        await listener(connection, arrivals)

    return listening


def test_our_own_listeners_are_followed() -> None:
    assert heard_by(origins.view) == {SchoolJoinedTrust, SchoolLeftTrust, RecordVoided}


def test_a_class_is_found_wherever_it_is_named(monkeypatch: Any) -> None:
    monkeypatch.setattr("shared.documents.listening._ours", (__name__,))

    assert heard_by(by_case) == {SchoolJoinedTrust, SchoolLeftTrust, TrustRegistered}
    assert heard_by(by_mapping) == {PersonRegistered, TrustRegistered}
    assert heard_by(by_module) == {programmes.SessionScheduled}
    assert heard_by(by_union) == {PersonsMerged, PersonsSplit}
    assert heard_by(partial(by_union, None)) == {PersonsMerged, PersonsSplit}
    assert heard_by(given(by_module), by_union) == {programmes.SessionScheduled, PersonsMerged, PersonsSplit}


def test_what_reads_any_event_listens_to_none(monkeypatch: Any) -> None:
    monkeypatch.setattr("shared.documents.listening._ours", (__name__, "shared."))

    assert heard_by(by_name_of_any) == frozenset()


def test_code_of_others_is_not_followed() -> None:
    assert heard_by(by_case, None, 7) == frozenset()


def test_reporting_keeps_every_event_and_its_read_models_say_what_they_look_at() -> None:
    found = heard(all_projections)

    assert found.keys() == {cls for contract in codec.contracts.values() for cls in contract.types.values()}
    assert found[SchoolJoinedTrust] == ["ledger", "register"]
    assert found[PersonRegistered] == ["ledger", "people"]
