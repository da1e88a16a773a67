"""Replaying: read models filled once more as they were, from wherever events are kept, and held against each other."""

from services.reporting.replaying.outcome import Model, Replay
from services.reporting.replaying.own_ledger import Spans
from services.reporting.replaying.replaying import Report, replay
from services.reporting.replaying.sources import FromKafka, FromLedger, FromStores, Source

__all__ = ["FromKafka", "FromLedger", "FromStores", "Model", "Replay", "Report", "Source", "Spans", "replay"]
