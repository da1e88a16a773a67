"""Wrong usage of the operators' commands is exit code 2, before anything is asked of a stack."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from deploy.baton import cli, output


@pytest.mark.parametrize(
    "command",
    [
        "events export --service reporting",
        "events export --trust me",
        "events export --from -1",
        "events export --json",
        "events export --format parquet",
        "events export --school 12",
        "events export --person ada",
        "events export --since yesterday",
        "events lines no-such-directory",
        "events show reporting 1",
        "events show talent -1",
        "events tail --service moon",
        "projections rebuild",
        "projections rebuild loop --all",
        "dlq redrive",
        "dlq redrive 01900000-0000-7000-8000-000000000001 --all",
        "dlq show me",
        "dlq list --service vault",
        "intake list --outcome maybe",
        "intake list --service reporting",
        "intake list --since yesterday",
        "vault backup",
        "vault restore no-such-file",
        "store backup moon file",
        "store backup talent",
        "store restore talent no-such-file",
        "restore no-such-directory",
        "replay loop",
        "replay --as-of 2026-11-22 --check replay.json",
        "replay --as-of 2026-11-22 --from moon",
    ],
)
def test_wrong_usage_is_exit_code_2(command: str) -> None:
    said = CliRunner().invoke(cli.build(), command.split())

    assert (said.exit_code, said.stdout) == (output.WRONG_USAGE, "")


def test_a_restore_is_not_done_unasked(tmp_path: Path) -> None:
    path = tmp_path / "backup"
    path.touch()

    assert CliRunner().invoke(cli.build(), ["vault", "restore", str(path)]).exit_code == output.WRONG_USAGE


def test_a_store_is_not_replaced_unasked(tmp_path: Path) -> None:
    path = tmp_path / "backup"
    path.touch()

    for command in (("restore", str(tmp_path)), ("store", "restore", "talent", str(path), "--replace")):
        assert CliRunner().invoke(cli.build(), command).exit_code == output.WRONG_USAGE


@pytest.mark.parametrize("group", ["events", "vault", "store", "projections", "dlq", "intake"])
def test_a_group_alone_says_what_there_is(group: str) -> None:
    assert "Commands" in CliRunner().invoke(cli.build(), [group]).output


def test_the_help_of_what_auditors_and_peoples_rights_need_ends_with_an_example_that_is_right_usage(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("checkpoints.txt", "vault.backup"):
        (tmp_path / name).touch()
    (tmp_path / "events.parquet").mkdir()
    root: Any = typer.main.get_command(cli.build())
    groups = ("audit", "person", "retention", "vault")
    whole = [command for group in groups for command in root.commands[group].commands.values()]
    parts = [root.commands["events"].commands[name] for name in ("export", "lines")]

    for command in (*whole, *parts, root.commands["replay"]):
        assert command.epilog is not None, command.name
        words = shlex.split(command.epilog.removeprefix("Example: baton "))
        given = words[words.index(command.name) + 1 :]
        assert command.make_context(command.name, given).params, command.epilog
