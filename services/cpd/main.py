"""CPD, put together."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from services.cpd import reactions
from services.cpd.config import Settings
from services.cpd.intake import admissions, commands
from services.cpd.intake.putting_right import putting_right
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
        title="Baton: CPD",
        admissions=admissions,
        commands=commands,
        putting_right=putting_right,
        hears=("talent", "cpd", "collaboration"),
        views=reactions.views,
        reactions=reactions.reactions,
        on_clock=reactions.on_clock,
    )


def main() -> None:
    """Run the service."""
    settings = Settings()
    serve(lambda: build(settings), settings)


if __name__ == "__main__":
    main()
