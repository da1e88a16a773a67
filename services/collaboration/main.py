"""Collaboration, put together."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from services.collaboration import reactions
from services.collaboration.api import questions_router
from services.collaboration.config import Settings
from services.collaboration.intake import admissions, commands
from services.collaboration.intake.putting_right import putting_right
from services.collaboration.queries import Agenda
from services.collaboration.telling import telling
from shared.runtime import Resources, serve
from shared.writer import writer_app

versions = Path(__file__).parent / "migrations" / "versions"


def build(settings: Settings) -> FastAPI:
    """The service's application."""
    resources = Resources.of(settings, by_key=True)
    return writer_app(
        resources,
        versions,
        package=f"services.{settings.service}",
        title="Baton: collaboration",
        admissions=admissions,
        commands=commands,
        putting_right=putting_right,
        hears=("talent", "collaboration"),
        views=reactions.views,
        reactions=reactions.reactions,
        questions=lambda store: [questions_router(Agenda(store, resources.vault, resources.clock))],
        on_clock=reactions.on_clock,
        telling=telling,
    )


def main() -> None:
    """Run the service."""
    settings = Settings()
    serve(lambda: build(settings), settings)


if __name__ == "__main__":
    main()
