"""The `baton` command: finds the groups of sub-commands beside this file and lets each register its own."""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module

import typer

import deploy.baton
from deploy.baton.output import FAILED, show_error
from deploy.errors import Unmet

_NOT_COMMANDS = {"cli", "evidence", "export", "options", "output"}


def build() -> typer.Typer:
    """The command with every sub-command of `deploy/baton/*.py`."""
    app = typer.Typer(
        name="baton",
        help="Run and look after a Baton deployment.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_root)
    for module in sorted(found.name for found in pkgutil.iter_modules(deploy.baton.__path__)):
        if module not in _NOT_COMMANDS:
            import_module(f"deploy.baton.{module}").register(app)
    return app


def main() -> None:
    """The entry point: an unmet condition is one sentence and exit code 1."""
    try:
        build()(prog_name="baton")
    except Unmet as error:
        show_error(error)
        sys.exit(FAILED)


def _root() -> None:
    """Run and look after a Baton deployment."""


if __name__ == "__main__":
    main()
