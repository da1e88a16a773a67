"""Which ports are taken, and by whom where the machine tells."""

from __future__ import annotations

import errno
import random
import socket
from contextlib import closing

import psutil

from deploy.description import HOST

_not_for_connections = range(15_000, 32_000)  # systems take the ports of outgoing connections from above these


def free_port() -> int:
    """A port that nobody listens on at the moment, and that no other process of ours is given while this one runs.

    Whoever was given it holds the UDP port of its number, which nothing here uses. It is none that an outgoing
    connection may take meanwhile.
    """
    while True:
        port = random.choice(_not_for_connections)  # noqa: S311  spreads what is tried, no secret
        claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            claim.bind((HOST, port))
        except OSError:
            claim.close()
            continue
        if is_taken(port):
            claim.close()
            continue
        claim.detach()  # it stays open until this process ends
        return port


def is_taken(port: int) -> bool:
    """Whether somebody listens on the port, on this address or on all of them."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what is closing is not in the way
        try:
            probe.bind((HOST, port))
        except OSError as error:
            return error.errno in {errno.EADDRINUSE, errno.EACCES}
    return False


def answers(port: int) -> bool:
    """Whether somebody takes a connection; unlike `is_taken` never in the way of who is about to listen."""
    with closing(socket.socket()) as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def holder(port: int) -> str:
    """`name (process 123)` of who listens on the port; "another process" where the machine does not tell."""
    try:
        for connection in psutil.net_connections(kind="tcp"):
            at = connection.laddr.port if connection.laddr else None
            if connection.status == psutil.CONN_LISTEN and at == port and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    except psutil.Error:
        pass
    return "another process"
