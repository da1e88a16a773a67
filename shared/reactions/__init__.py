"""Reactions: a fact that somebody published becomes commands here, each once for a fact, a reaction and a target."""

from shared.reactions.due import schema
from shared.reactions.reacting import Reacting
from shared.reactions.reaction import Effect, Fact, Reaction
from shared.reactions.undoing import effects_index, void_what_followed

__all__ = ["Effect", "Fact", "Reacting", "Reaction", "effects_index", "schema", "void_what_followed"]
