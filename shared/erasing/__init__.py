"""Erasing somebody: what each writer does when the register decides it, and what it does again when it starts."""

from shared.erasing.about import About
from shared.erasing.clearing import clear_claims, schema
from shared.erasing.erasing import Clear, Fences, erase_person

__all__ = ["About", "Clear", "Fences", "clear_claims", "erase_person", "schema"]
