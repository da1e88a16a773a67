"""Unit tests open no connection: what needs a network belongs in another folder."""

import socket
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

# An example's time says how busy the machine is, not whether the code is right.
settings.register_profile("baton", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("baton")


@pytest.fixture(autouse=True)
def no_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_socket: socket.socket, address: object, *_more: object) -> NoReturn:
        pytest.fail(f"a unit test tried to reach {address}")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
