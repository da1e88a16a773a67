"""Sealing: a Merkle tree over a service's log (RFC 6962), signed checkpoints of it that are given away, and proofs."""

from shared.sealing.http import proofs_router
from shared.sealing.sealing import Sealing
from shared.sealing.showing import read_unsealed, show_sealing
from shared.sealing.stored import schema

__all__ = ["Sealing", "proofs_router", "read_unsealed", "schema", "show_sealing"]
