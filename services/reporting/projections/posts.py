"""Critical posts as reports need them, and the forecasts of what will be missing.

- post: one row a post
- post_school: one row a post and school that it is at; none where it is the trust's
- post_change: one row a person who held it when it was registered (`held`), took it or another share of it (`filled`),
  leaves it (`vacated`, on a day that may be to come) or was to leave and stays (`stays`), numbered in the post's stream
- successor: one row a post and person who was named for it
- forecast, forecast_year: one row a forecast, and one a year of it
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.reporting.read_models.projection import Patch, Projection, Table, same
from services.reporting.seeing.policies import of_school, of_trust, with_the
from shared.contracts.talent.posts import (
    CriticalPostRegistered,
    PostFilled,
    PostVacancyWithdrawn,
    PostVacated,
    SkillsGapForecast,
    SuccessorNominated,
    SuccessorRemoved,
)
from shared.messaging import Delivered

post = Table(
    name="post",
    key={"post_id": "uuid"},
    columns={"trustuid": "text", "post_type": "text", "event_id": "uuid"},
    seen_by=with_the("post_school", "post_id"),
)
post_school = Table(
    name="post_school",
    key={"post_id": "uuid", "urn": "text"},
    columns={"trustuid": "text"},
    seen_by=of_school("urn"),
)
post_change = Table(
    name="post_change",
    key={"post_id": "uuid", "streamversion": "bigint", "person_id": "uuid"},
    columns={
        "trustuid": "text",
        "kind": "text",  # held | filled | vacated | stays
        "on_day": "date",  # the first with them, or without; null where they stay
        "share_hundredths": "integer",  # this and the next: of who holds or takes it
        "interim": "boolean",
        "internal": "boolean",  # of who takes it
        "event_id": "uuid",
    },
    seen_by=with_the("post_school", "post_id"),
)
successor = Table(
    name="successor",
    key={"post_id": "uuid", "leader_id": "uuid"},
    columns={
        "trustuid": "text",
        "emergency_cover": "boolean",
        "removed": "boolean",
        "logindex": "bigint",
        "event_id": "uuid",
    },
    seen_by=with_the("post_school", "post_id"),
)
forecast = Table(
    name="forecast",
    key={"forecast_id": "uuid"},
    columns={
        "trustuid": "text",
        "scenario": "text",
        "post_type": "text",
        "horizon_years": "integer",
        "forecast_on": "date",
        "happened_at": "timestamptz",
        "logindex": "bigint",
        "event_id": "uuid",
    },
    seen_by=of_trust,
)
_figures = (
    *("demand_hundredths", "supply_hundredths"),
    *("gap_hundredths", "gap_low_hundredths", "gap_high_hundredths"),
)
forecast_year = Table(
    name="forecast_year",
    key={"forecast_id": "uuid", "academic_year_starts_on": "date"},
    columns={"trustuid": "text", **dict.fromkeys(_figures, "integer")},
    seen_by=of_trust,
)


def _registered(event: CriticalPostRegistered, delivered: Delivered) -> Iterator[Patch]:
    changes = {"trustuid": event.trustuid, "post_type": event.post_type, "event_id": delivered.envelope.id}
    yield Patch("post", (event.post_id,), changes)
    for urn in event.urns:
        yield Patch("post_school", (event.post_id, urn), {"trustuid": event.trustuid})
    for one in event.incumbents:
        share = {"share_hundredths": one.share_hundredths, "interim": one.interim}
        yield _change("held", event.post_id, one.person_id, delivered, share | {"on_day": one.from_on})


def _filled(event: PostFilled, delivered: Delivered) -> Iterator[Patch]:
    taken = same(event, "share_hundredths", "interim", "internal")
    yield _change("filled", event.post_id, event.person_id, delivered, taken | {"on_day": event.filled_on})


def _vacated(event: PostVacated, delivered: Delivered) -> Iterator[Patch]:
    yield _change("vacated", event.post_id, event.person_id, delivered, {"on_day": event.vacated_on})


def _stays(event: PostVacancyWithdrawn, delivered: Delivered) -> Iterator[Patch]:
    yield _change("stays", event.post_id, event.person_id, delivered, {})


def _change(kind: str, post_id: object, person_id: object, delivered: Delivered, changes: dict[str, Any]) -> Patch:
    envelope = delivered.envelope
    key = (post_id, envelope.version, person_id)
    return Patch("post_change", key, {"kind": kind, "event_id": envelope.id} | changes)


def _nominated(event: SuccessorNominated, delivered: Delivered) -> Iterator[Patch]:
    changes = {
        "emergency_cover": event.emergency_cover,
        "removed": False,
        "logindex": delivered.logindex,
        "event_id": delivered.envelope.id,
    }
    yield Patch("successor", (event.post_id, event.leader_id), changes)


def _removed(event: SuccessorRemoved, _: Delivered) -> Iterator[Patch]:
    yield Patch("successor", (event.post_id, event.leader_id), {"removed": True})


def _forecast(event: SkillsGapForecast, delivered: Delivered) -> Iterator[Patch]:
    envelope = delivered.envelope
    asked = ("trustuid", "scenario", "post_type", "horizon_years", "forecast_on")
    source = {"happened_at": envelope.happened_at, "logindex": delivered.logindex, "event_id": envelope.id}
    yield Patch("forecast", (event.forecast_id,), same(event, *asked) | source)
    for year in event.years:
        figures = {column: getattr(year, column) for column in _figures}
        yield Patch("forecast_year", (event.forecast_id, year.academic_year_starts_on), figures)


projection = Projection(
    name="posts",
    tables=(post, post_school, post_change, successor, forecast, forecast_year),
    on={
        CriticalPostRegistered: _registered,
        PostFilled: _filled,
        PostVacated: _vacated,
        PostVacancyWithdrawn: _stays,
        SuccessorNominated: _nominated,
        SuccessorRemoved: _removed,
        SkillsGapForecast: _forecast,
    },
)
