"""The three writers for this folder, with a school that is admitted to Kafka."""

from __future__ import annotations

import pytest

from tests.integration.hostile.bodies import SERVICES
from tests.integration.hostile.doors import Doors
from tests.integration.stories.conftest import HERE, Service, Trust, trust
from tests.support.kafka import admit

__all__ = ["doors", "trust"]


@pytest.fixture(scope="package")
async def admitted(trust: Trust) -> Trust:
    """The trust, of which one school may speak over Kafka."""
    await admit(trust.writers["talent"].place.kafka.bootstrap, HERE)
    return trust


@pytest.fixture(params=SERVICES)
def doors(admitted: Trust, request: pytest.FixtureRequest) -> Doors:
    """The doors of each service in turn."""
    service: Service = request.param
    return Doors(service, admitted.writers[service])
