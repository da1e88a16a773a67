"""What happens in CPD: programmes and their sessions, qualifications, required training. Add fields, never rename."""

from shared.contracts.cpd import bookkeeping, compliance, programmes, qualifications
from shared.contracts.vocabulary import Contract

contract = Contract("cpd", v1=[*programmes.events, *qualifications.events, *compliance.events, *bookkeeping.events])
