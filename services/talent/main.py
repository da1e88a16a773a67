"""Talent, put together."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from services.talent import reactions
from services.talent.api import questions_router
from services.talent.config import Settings
from services.talent.intake import admissions, commands
from services.talent.intake.putting_right import putting_right
from services.talent.queries import Register, registered
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
        title="Baton: talent",
        admissions=admissions,
        commands=commands,
        putting_right=putting_right,
        hears=("talent", "cpd", "collaboration"),
        views=reactions.views,
        reactions=reactions.reactions,
        people=registered,
        questions=lambda store: [questions_router(Register(store, resources.clock))],
        on_clock=reactions.on_clock,
    )


def main() -> None:
    """Run the service."""
    settings = Settings()
    serve(lambda: build(settings), settings)


if __name__ == "__main__":
    main()
