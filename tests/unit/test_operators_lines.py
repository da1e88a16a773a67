"""What the operators' commands say about an event, a parked record, a rebuilt read model."""

from __future__ import annotations

from dataclasses import asdict, replace

from deploy.baton.dlq import sizes
from deploy.baton.events import line_of, told
from deploy.baton.projections import sentence
from services.reporting.read_models.rebuild import Difference, Rebuilt
from shared.consumer.arrivals import Raw
from shared.messaging import Delivered
from tests.support.history import new

DELIVERED = Delivered(replace(new("trust-99001", 3).envelope, urn="900001").meta(), 41, b"{}")
BUILT = Rebuilt("loop", "loop_1", 12, compared=True, differences=(), left_out=(), switched=True)


def test_an_event_is_a_line() -> None:
    assert line_of(DELIVERED) == "09:30:00 talent/41 TrustRegistered trust-99001 900001"


def test_an_event_without_a_school_is_a_line() -> None:
    assert line_of(Delivered(new("trust-99001", 3).envelope.meta(), 41, b"{}")).endswith("TrustRegistered trust-99001")


def test_an_event_is_told_without_its_content() -> None:
    assert set(told(DELIVERED)) == {"time", "service", "logindex", "type", "stream", "version", "urn"}


def test_of_a_parked_record_only_what_cannot_be_personal_is_told() -> None:
    raw = Raw(b"Ada Lovelace", b"{'name':'Ada'}", (("ce_id", b"Ada"), ("Ada", b"1"), ("ce_ada", b"2"), ("ce_id", b"3")))

    assert sizes(raw) == {"key_bytes": 12, "value_bytes": 14, "headers": ["ce_id"], "other_headers": 2}
    assert sizes(Raw(None, None, ()))["key_bytes"] is None


def test_a_rebuilt_model_says_whether_it_is_the_same() -> None:
    differing = replace(BUILT, differences=(Difference("answer", 1, 2),), left_out=(("talent", 7),))

    assert sentence(asdict(BUILT)) == "loop: 12 events; equal to the live one"
    assert sentence(asdict(differing)) == (
        "loop: 12 events; differs from the live one: answer (1 rows only live, 2 only rebuilt); "
        "left out as parked: talent/7"
    )
    assert "none of the same shape" in sentence(asdict(replace(BUILT, compared=False)))
