"""Reactions: a fact that somebody published becomes commands here, each once for a fact, a reaction and a target."""

from shared.reactions.reacting import Reacting, schema
from shared.reactions.reaction import Effect, Fact, Reaction

__all__ = ["Effect", "Fact", "Reacting", "Reaction", "schema"]
