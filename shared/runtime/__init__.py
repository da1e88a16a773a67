"""A service as a process: what it opens, in which order it starts and stops, and how it tells that it is well."""

from shared.runtime.application import Caller, make_app, serve
from shared.runtime.health import Health, sequencer_gauges, sequencer_health, subscription_health
from shared.runtime.parts import Closing, Consumer, Part, Resources, Ticking, proof

__all__ = [
    "Caller",
    "Closing",
    "Consumer",
    "Health",
    "Part",
    "Resources",
    "Ticking",
    "make_app",
    "proof",
    "sequencer_gauges",
    "sequencer_health",
    "serve",
    "subscription_health",
]
