"""What a kind of letter is: whom it is for, when there is an occasion for one, and what it then says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from services.reporting.read_models.reading import Reading, View
from shared.identity import Role

KindName = Literal["digest", "you_said", "reminder"]


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something to write about.

    Attributes:
        about: of the same kind and the same `about`, somebody gets one letter.
        cycle: the one that it is about; None: the one that runs.
        urn: the school whose leaders are told; None: the trust's.
    """

    about: str
    cycle: str | None = None
    urn: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What a letter says.

    Attributes:
        values: what its templates are filled with, `post/<kind>.txt.jinja` and `post/<kind>.html`.
        items: the agenda items that it reminds a school of.
    """

    subject: str
    values: Mapping[str, Any] = field(default_factory=dict)
    items: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of letter.

    Attributes:
        title, about: what it is called where somebody turns it on, and what it brings.
        who: the role of those whom it is for.
        occasions: what there is to write about now to a trust (its UID) and its schools.
        content: what is said about an occasion; None when there is nothing to say of it any more.
    """

    name: KindName
    title: str
    about: str
    who: Role
    occasions: Callable[[View, str], Awaitable[list[Occasion]]]
    content: Callable[[Reading, str, Occasion], Awaitable[Content | None]]
