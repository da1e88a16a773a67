"""Reporting's settings."""

from __future__ import annotations

from email.headerregistry import Address
from typing import Annotated, Literal, Self

from pydantic import SecretStr, StringConstraints, field_validator, model_validator

from services.reporting.post.mail import Server
from services.reporting.signing_in.provider import SignInWith
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """What this service reads from `BATON_*`.

    Attributes:
        trust: the UID of the trust whose pages these are; none: the one that the newest cycle belongs to.
        brand: the one colour of the trust's own.
        sign_in: with which of `issuers` people sign in, as JSON of what provider/described.py tells; none: with none.
        sign_in_secret: of the dashboard's own application there.
        smtp: the mail server that letters are handed over to, with the account to do it in if it wants one:
            `smtp+starttls://user:password@mail.example:587`; none: no letter is sent.
        post_from: who letters are from: an e-mail address.
        public_address: where people open the pages, for the links in letters and the way back from a provider.
        access: `open`, and everybody sees everything, or `signed_in`, and who has signed in sees what is theirs.
    """

    service: Literal["reporting"] = "reporting"
    trust: str | None = None
    access: Literal["open", "signed_in"] = "open"
    brand: Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")] = "#1d3b53"
    sign_in: SignInWith | None = None
    sign_in_secret: SecretStr | None = None
    smtp: SecretStr | None = None
    post_from: str | None = None
    public_address: Annotated[str, StringConstraints(pattern=r"^https?://[^/?#\s]+/?$")] | None = None

    @field_validator("smtp")
    @classmethod
    def _a_mail_server(cls, address: SecretStr | None) -> SecretStr | None:
        if address is not None:
            Server.at(address.get_secret_value())
        return address

    @field_validator("post_from")
    @classmethod
    def _an_address(cls, address: str | None) -> str | None:
        if address is not None:
            Address(addr_spec=address)
        return address

    @model_validator(mode="after")
    def _letters_have_a_sender_and_lead_somewhere(self) -> Self:
        if self.smtp is not None and (self.post_from is None or self.public_address is None):
            raise ValueError("BATON_SMTP: letters need BATON_POST_FROM and BATON_PUBLIC_ADDRESS as well")
        return self

    @model_validator(mode="after")
    def _people_can_come_back_from_the_provider(self) -> Self:
        if self.sign_in is None:
            if self.environment == "production":
                raise ValueError(
                    "BATON_SIGN_IN: in production people sign in with the trust's provider; say with which"
                )
            return self
        if self.sign_in.issuer not in {provider.issuer for provider in self.issuers}:
            raise ValueError("BATON_SIGN_IN: its issuer is none of BATON_ISSUERS; name it there as well")
        if self.sign_in_secret is None or self.public_address is None:
            raise ValueError("BATON_SIGN_IN: a provider needs BATON_SIGN_IN_SECRET and BATON_PUBLIC_ADDRESS as well")
        if self.environment == "production" and not self.public_address.startswith("https://"):
            raise ValueError("BATON_PUBLIC_ADDRESS: in production people reach the pages by https")
        return self

    @model_validator(mode="after")
    def _everybody_signs_in_in_production(self) -> Self:
        if self.environment == "production" and self.access == "open":
            raise ValueError("BATON_ACCESS: in production nobody sees anything unnamed; set it to signed_in")
        return self
