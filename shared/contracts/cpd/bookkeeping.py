"""What CPD says of its own records."""

from __future__ import annotations

from shared.contracts import bookkeeping
from shared.contracts.vocabulary import event


@event
class RecordVoided(bookkeeping.RecordVoided):
    __doc__ = bookkeeping.RecordVoided.__doc__


@event
class ReactionRefused(bookkeeping.ReactionRefused):
    __doc__ = bookkeeping.ReactionRefused.__doc__


events = (RecordVoided, ReactionRefused)
