"""The identity of a Kafka cluster is made so that Kafka's tool takes every one."""

from __future__ import annotations

import base64

from deploy.local.kafka.broker import _new_cluster_id


def test_none_begins_like_an_option_of_the_tool() -> None:
    made = {_new_cluster_id() for _ in range(1000)}

    assert len(made) == 1000
    assert {len(base64.urlsafe_b64decode(f"{identity}==")) for identity in made} == {16}
    assert not [identity for identity in made if identity.startswith(("-", "_"))]
