"""The wire form is written by hand, for speed: it is the cloudevents package's, and it is read back to the byte."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.bindings import kafka
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from deploy.certificates import make_certificates
from shared.contracts.envelope import timestamp
from shared.messaging import Cluster, Login, Message, Unreadable, cloud_event_message, delivered, event_message
from tests.support.history import new

AT = datetime(2026, 11, 22, 9, 30, 0, 1, tzinfo=UTC)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=20)


@given(
    said=st.fixed_dictionaries(
        {
            "actor": TEXT,
            "correlation_id": TEXT,
            "causation_id": st.none() | TEXT,
            "urn": st.none() | st.just("900001"),
            "chain_depth": st.integers(0, 9),
        }
    )
)
def test_what_is_published_is_read_as_it_was_stored(said: dict[str, Any]) -> None:
    event = new("trust-99001", 3)
    meta = replace(event.envelope, **said).meta()

    found = delivered(event_message(meta, event.record, 41))

    assert (found.meta, found.logindex, found.record) == (meta, 41, event.record)
    assert found.envelope.meta() == meta


def test_the_message_is_the_one_that_the_package_makes() -> None:
    event = new("trust-99001", 3)
    attributes = {
        **json.loads(event.envelope.meta()),
        "time": event.envelope.time,
        "logindex": 41,
        "partitionkey": "trust-99001",
    }
    package = kafka.to_binary(CloudEvent(attributes, event.record), JSONFormat())
    ours = event_message(event.envelope.meta(), event.record, 41)

    exact = dict(ours.headers) | {"ce_time": b"2026-11-22T09:30:00Z"}  # the package leaves out a fraction of nothing
    assert (ours.key, ours.value, exact) == (b"trust-99001", package.value, dict(package.headers))
    assert dict(ours.headers)["ce_time"] == b"2026-11-22T09:30:00.000000Z"


def test_any_other_message_is_the_one_that_the_package_makes() -> None:
    attributes = {"specversion": "1.0", "id": "r-1", "type": "uk.mat.talent.Receipt.v1", "source": "/talent"}
    attributes |= {"subject": "a-1", "time": timestamp(AT), "datacontenttype": "application/json"}

    package = kafka.to_binary(CloudEvent({**attributes, "time": AT, "partitionkey": "a-1"}, b"{}"), JSONFormat())
    ours = cloud_event_message("receipts.900001", "a-1", attributes, b"{}")

    assert (ours.key.decode(), ours.value, dict(ours.headers)) == (package.key, package.value, dict(package.headers))


@pytest.mark.parametrize(
    ("header", "value", "reason"),
    [
        ("ce_id", None, "the attribute id is missing"),
        ("ce_logindex", None, "the attribute logindex is missing"),
        ("ce_streamversion", None, "the attribute streamversion is missing"),
        ("ce_id", b"not-an-id", "the attribute id is malformed"),
        ("ce_time", b"yesterday", "the attribute time is malformed"),
        ("ce_streamversion", b"two", "an attribute is malformed"),
        ("ce_actor", b"\xff", "an attribute is malformed"),
    ],
)
def test_a_header_that_is_not_as_it_should_be_is_named_and_not_quoted(
    header: str, value: bytes | None, reason: str
) -> None:
    event = new("trust-99001", 3)
    message = event_message(event.envelope.meta(), event.record, 41)
    headers = [(name, found) for name, found in message.headers if name != header]
    if value is not None:
        headers.append((header, value))

    with pytest.raises(Unreadable) as refused:
        delivered(Message(message.topic, message.key, message.value, headers))

    assert refused.value.reason == reason


def test_what_brokers_are_checked_with_is_read_once_until_it_is_renewed(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text(make_certificates().authority)
    login = Login("talent_app", "secret", file)
    first = login.tls()
    assert Cluster("broker:1", login).client["ssl_context"] is first

    file.write_text(make_certificates().authority)
    os.utime(file, ns=(0, 0))

    assert login.tls().get_ca_certs() != first.get_ca_certs()
