"""`python -m verifier`: an export, one event or an evidence pack, checked offline.

Exit codes: 0 whole, 1 altered, 2 it could not be told.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from verifier.evidence import check
from verifier.files import keys_in, parsed, unreadable, verify_export
from verifier.history import UnclearError, exit_codes
from verifier.line import UnreadableError, read
from verifier.note import signed_by_log
from verifier.proof import Proof


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        return _commands[asked.command](asked)
    except UnclearError as unclear:
        if asked.json:
            _say(json.dumps({"outcome": "unclear", "message": unclear.message, "advice": unclear.advice}))
        else:
            sys.stderr.write(f"{unclear}\n")
        return exit_codes["unclear"]
    except Exception:  # noqa: BLE001  whatever breaks the verifier is no finding: Python's own exit code says "altered"
        traceback.print_exc()
        return exit_codes["unclear"]


def _verify(asked: argparse.Namespace) -> int:
    report = verify_export(asked.export, asked.checkpoints, asked.key, asked.witness)
    _say(json.dumps(report.content(), ensure_ascii=False) if asked.json else report.text(everything=asked.all))
    return exit_codes[report.outcome]


def _proof(asked: argparse.Namespace) -> int:
    proof = parsed(asked.proof, Proof.of)
    try:
        event = read(asked.event.read_bytes())
    except OSError as error:
        raise unreadable(asked.event, error) from None
    except UnreadableError:
        raise UnclearError(f"{asked.event} is not one line of an export.", "Give the event's line alone.") from None
    fault = proof.fault(event, keys_in(asked.key, signed_by_log))
    what = f"event {event.logindex} of {event.service}, version {event.version} of {event.stream}"
    told = f"PROVEN: {what}, is among the first {proof.checkpoint.size} events of {proof.checkpoint.origin}."
    if asked.json:
        _say(json.dumps({"outcome": "altered" if fault else "whole", "fault": fault, "event": what}))
    else:
        _say(f"NOT PROVEN: {fault}." if fault else told)
    return exit_codes["altered" if fault else "whole"]


def _evidence(asked: argparse.Namespace) -> int:
    found = check(asked.directory, asked.key)
    _say(json.dumps(found.content(), ensure_ascii=False) if asked.json else found.text())
    return exit_codes[found.outcome]


_commands = {"verify": _verify, "proof": _proof, "evidence": _evidence}


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="verifier",
        description="Checks an export of Baton's events, the proof of one, or an evidence pack, without Baton.",
        epilog="Exit codes: 0 whole, 1 altered, 2 it could not be told.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="print one JSON document")
    key = argparse.ArgumentParser(add_help=False, parents=[as_json])
    key.add_argument(
        "--key", action="append", required=True, help="a log's verifier key, or a file of them; repeatable"
    )
    export = commands.add_parser("verify", parents=[key], help="an export against checkpoints")
    export.add_argument("export", type=Path, help="what `baton events export` wrote")
    export.add_argument("--checkpoints", type=Path, required=True, help="the checkpoints that you kept")
    export.add_argument("--witness", action="append", default=[], help="count only what this witness co-signed")
    export.add_argument("--all", action="store_true", help="list every finding, not the first of each service")
    proof = commands.add_parser("proof", parents=[key], help="the proof of one event")
    proof.add_argument("proof", type=Path, help="a .tlog-proof file")
    proof.add_argument("--event", type=Path, required=True, help="a file with the event's line")
    pack = commands.add_parser("evidence", parents=[as_json], help="an evidence pack")
    pack.add_argument("directory", type=Path, help="what `baton audit evidence` made")
    pack.add_argument(
        "--key",
        action="append",
        default=[],
        help="a key that you hold, or a file of them; else the pack's own are used",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
