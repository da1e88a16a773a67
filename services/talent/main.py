"""Talent, put together."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from services.talent import reactions
from services.talent.api import questions_router
from services.talent.config import Settings
from services.talent.data_rights import data_rights_router
from services.talent.intake import admissions, commands, personal_data
from services.talent.intake.putting_right import putting_right
from services.talent.queries import Register, registered
from services.talent.retention import read_periods, years
from shared.clock import today
from shared.runtime import Resources, serve
from shared.writer import writer_app

versions = Path(__file__).parent / "migrations" / "versions"


def build(settings: Settings) -> FastAPI:
    """The service's application."""
    resources = Resources.of(settings, by_key=True)
    periods = read_periods(settings.retention_file)
    return writer_app(
        resources,
        versions,
        package=f"services.{settings.service}",
        title="Baton: talent",
        admissions=admissions,
        commands={**commands, **personal_data.commands(years(periods))},
        putting_right=putting_right,
        hears=("talent", "cpd", "collaboration"),
        views=reactions.views,
        reactions=reactions.reactions,
        people=registered,
        questions=lambda store: [
            questions_router(Register(store, resources.clock)),
            data_rights_router(store, periods, lambda: today(resources.clock.now())),
        ],
        on_clock=reactions.on_clock,
    )


def main() -> None:
    """Run the service."""
    settings = Settings()
    serve(lambda: build(settings), settings)


if __name__ == "__main__":
    main()
