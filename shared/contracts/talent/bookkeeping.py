"""What talent says of its own records."""

from __future__ import annotations

from shared.contracts import bookkeeping
from shared.contracts.vocabulary import event


@event
class RecordVoided(bookkeeping.RecordVoided):
    __doc__ = bookkeeping.RecordVoided.__doc__


@event
class ReactionRefused(bookkeeping.ReactionRefused):
    __doc__ = bookkeeping.ReactionRefused.__doc__


@event
class PersonErased(bookkeeping.PersonErased):
    __doc__ = bookkeeping.PersonErased.__doc__


@event
class PersonalDataRevealed(bookkeeping.PersonalDataRevealed):
    __doc__ = bookkeeping.PersonalDataRevealed.__doc__


events = (RecordVoided, ReactionRefused, PersonErased, PersonalDataRevealed)
