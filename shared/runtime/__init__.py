"""A service as a process: what it opens, in which order it starts and stops, and how it tells that it is well."""

from shared.runtime.application import Caller, make_app, serve
from shared.runtime.gauges import (
    Reading,
    age,
    read_due,
    read_gauge,
    read_history,
    read_parked,
    read_positions,
    show_sequencer,
)
from shared.runtime.health import Health, sequencer_health, subscription_health
from shared.runtime.oauth import token_router
from shared.runtime.parts import Closing, Part, Resources, Ticking, connections, proof

__all__ = [
    "Caller",
    "Closing",
    "Health",
    "Part",
    "Reading",
    "Resources",
    "Ticking",
    "age",
    "connections",
    "make_app",
    "proof",
    "read_due",
    "read_gauge",
    "read_history",
    "read_parked",
    "read_positions",
    "sequencer_health",
    "serve",
    "show_sequencer",
    "subscription_health",
    "token_router",
]
