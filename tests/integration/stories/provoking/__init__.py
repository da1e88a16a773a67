"""How each refusal is provoked through a real door: one module an area, one entry a code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.integration.stories.conftest import Trust

Provoke = Callable[[Trust], Awaitable[str]]
"""Does what is refused; the code of the refusal."""
