"""How the command speaks: JSON when asked, one sentence and exit code 1 for an error, 2 for wrong usage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from deploy.baton import cli, output
from deploy.errors import Unmet


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    monkeypatch.setenv("BATON_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("BATON_MASTER_KEY_FILE", str(tmp_path / "master.key"))
    return CliRunner()


def test_the_stacks_commands_are_there(run: CliRunner) -> None:
    said = run.invoke(cli.build(), ["--help"])

    assert said.exit_code == 0
    assert {"up", "down", "status", "doctor"} <= set(said.stdout.split())


@pytest.mark.parametrize("command", ["status", "doctor", "down"])
def test_with_json_stdout_is_one_document(run: CliRunner, command: str) -> None:
    said = run.invoke(cli.build(), [command, "--json"])

    assert isinstance(json.loads(said.stdout), dict)


def test_status_of_a_stack_that_is_down_knows_what_it_cannot_know(run: CliRunner) -> None:
    found = json.loads(run.invoke(cli.build(), ["status", "--json"]).stdout)

    assert found["stack"] == "local"
    assert found["services"]["talent"] == {
        "ready": False,
        "pid": None,
        "url": "http://127.0.0.1:8101",
        "dsn": "postgresql://talent_app@127.0.0.1:5433/talent",
        "lag_records": None,
        "lag_seconds": None,
        "unnumbered": None,
        "unnumbered_seconds": None,
        "unsealed": None,
        "unsealed_seconds": None,
        "unpublished": None,
        "unpublished_seconds": None,
        "parked": None,
        "parked_seconds": None,
    }


def test_wiping_is_not_done_unasked(run: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()

    said = run.invoke(cli.build(), ["down", "--wipe"])

    assert said.exit_code == output.WRONG_USAGE
    assert (tmp_path / "var").is_dir()


def test_wrong_usage_is_exit_code_2(run: CliRunner) -> None:
    assert run.invoke(cli.build(), ["up", "--sideways"]).exit_code == output.WRONG_USAGE


def test_an_unmet_condition_is_one_sentence_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app = typer.Typer()

    @app.command()
    def refuse() -> None:
        raise Unmet("The moon is full.", "Wait.", detail="it shines")

    monkeypatch.setattr(cli, "build", lambda: app)
    monkeypatch.setattr("sys.argv", ["baton"])
    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 1
    assert capsys.readouterr().err.splitlines() == ["it shines", "baton: The moon is full.", "Wait."]


def test_progress_is_plain_lines_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with output.progress() as report:
        report("Starting")

    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "Starting\n")
