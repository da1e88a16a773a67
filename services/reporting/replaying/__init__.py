"""Replaying: read models filled once more as they were, from wherever events are kept, and held against each other."""

from services.reporting.replaying.outcome import Outcome, Replay
from services.reporting.replaying.replaying import replay
from services.reporting.replaying.sources import FromKafka, FromLedger, FromStores, Source

__all__ = ["FromKafka", "FromLedger", "FromStores", "Outcome", "Replay", "Source", "replay"]
