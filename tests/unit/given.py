"""Given what happened, when somebody asks for something, then this happens: decisions without any I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest

from shared.decider import Decider, Rejected

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")


def given(decider: Decider[C, S, E], *events: E) -> Callable[[C], list[E]]:
    """The aggregate after these events, oldest first, ready to decide on a command."""

    def when(command: C) -> list[E]:
        return decider.decide(command, decider.fold(events))

    return when


@contextmanager
def refused(code: str, field: str | None = None) -> Iterator[None]:
    """What stands inside is refused with this code and field, and the message is a sentence."""
    with pytest.raises(Rejected) as caught:
        yield
    assert (caught.value.code, caught.value.field) == (code, field)
    assert caught.value.message[:1].isupper()
    assert caught.value.message.endswith(".")
