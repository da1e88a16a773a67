"""What the dashboard has to know of a provider to let people sign in there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from shared.identity import Role
from shared.identity.rights import RIGHTS


class SignInWith(BaseModel):
    """The dashboard's own application at one of the issuers of `BATON_ISSUERS`.

    Attributes:
        issuer: that issuer's name.
        client_id: the application's; its secret is apart.
        scopes: what is asked for, until the access token is one for this platform's audience.
        second_factor: the claims of an ID token that say that more than a password was asked for, each with the values
            that do: one of them has to be there. What `amr` means by `mfa`: RFC 8176 §2.
        second_factor_roles: who has to have shown one: those who see what somebody thinks of somebody.
        ask_again: what is added when somebody is asked to sign in once more with their second factor.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    issuer: str
    client_id: Annotated[str, Field(min_length=1)]
    scopes: tuple[str, ...] = ("openid",)
    second_factor: Annotated[Mapping[str, frozenset[str]], Field(min_length=1)] = {"amr": frozenset({"mfa"})}
    second_factor_roles: frozenset[Role] = frozenset(RIGHTS["see_judgements"])
    ask_again: Mapping[str, str] = {"prompt": "login"}
