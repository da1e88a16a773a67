"""`python -m verifier`: an export or one event, checked offline.

Exit codes: 0 whole, 1 altered, 2 it could not be told.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from verifier.checkpoint import checkpoints
from verifier.history import Report, UnclearError, exit_codes, trusted, verify
from verifier.line import UnreadableError, read
from verifier.note import Key, MalformedError, signed_by_log, signed_by_witness
from verifier.proof import Proof

_T = TypeVar("_T")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        if asked.command == "verify":
            return _verify(asked)
        return _proof(asked)
    except UnclearError as unclear:
        if asked.json:
            _say(json.dumps({"outcome": "unclear", "message": unclear.message, "advice": unclear.advice}))
        else:
            sys.stderr.write(f"{unclear}\n")
        return exit_codes["unclear"]


def verified(export: Path, noted: Path, keys: Sequence[str], witnesses: Sequence[str] = ()) -> Report:
    """What can be said of an export.

    Args:
        noted: a file of checkpoints.
        keys: verifier keys, or names of files with one on each line.
        witnesses: the same of witnesses: then only checkpoints count that one of these co-signed.

    Raises:
        UnclearError: a file cannot be read or is not what it should be.
    """
    counting = trusted(_parsed(noted, checkpoints), _keys(keys, signed_by_log), _keys(witnesses, signed_by_witness))
    if not counting.checkpoints and not counting.findings:
        raise UnclearError(
            f"{noted} has no checkpoint that is signed by what was given as --key and --witness.",
            "Give the keys of the logs whose checkpoints these are.",
        )
    try:
        with export.open("rb") as lines:
            return verify(lines, counting)
    except OSError as error:
        raise _unreadable(export, error) from None


def _verify(asked: argparse.Namespace) -> int:
    report = verified(asked.export, asked.checkpoints, asked.key, asked.witness)
    _say(json.dumps(report.content(), ensure_ascii=False) if asked.json else report.text(everything=asked.all))
    return exit_codes[report.outcome]


def _proof(asked: argparse.Namespace) -> int:
    proof = _parsed(asked.proof, Proof.of)
    try:
        event = read(asked.event.read_bytes())
    except OSError as error:
        raise _unreadable(asked.event, error) from None
    except UnreadableError:
        raise UnclearError(f"{asked.event} is not one line of an export.", "Give the event's line alone.") from None
    fault = proof.fault(event, _keys(asked.key, signed_by_log))
    what = f"event {event.logindex} of {event.service}, version {event.version} of {event.stream}"
    told = f"PROVEN: {what} is among the first {proof.checkpoint.size} events of {proof.checkpoint.origin}."
    if asked.json:
        _say(json.dumps({"outcome": "altered" if fault else "whole", "fault": fault, "event": what}))
    else:
        _say(f"NOT PROVEN: {fault}." if fault else told)
    return exit_codes["altered" if fault else "whole"]


def _keys(given: Sequence[str], type_: int) -> list[Key]:
    """The keys that are given as they are, or as names of files that hold them."""
    texts = [text for one in given for text in ([one] if "+" in one else _parsed(Path(one), str.split))]
    try:
        keys = [Key.of(text) for text in texts]
    except MalformedError as broken:
        raise UnclearError(f"What was given as a key is none: {broken}.", "See docs/auditing.md.") from None
    if any(key.type != type_ for key in keys):
        raise UnclearError("A witness's key was given as a log's, or the other way.", "Use --key and --witness.")
    return keys


def _parsed(path: Path, parse: Callable[[str], _T]) -> _T:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from None
    except MalformedError as broken:
        raise UnclearError(f"{path}: {broken}.", "It was damaged, or is another file.") from None


def _unreadable(path: Path, error: Exception) -> UnclearError:
    reason = error.strerror if isinstance(error, OSError) else "it is not text"
    return UnclearError(f"{path} cannot be read: {reason}.", "Look at its name and rights.")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="verifier",
        description="Checks an export of Baton's events, or the proof of one event, without Baton.",
        epilog="Exit codes: 0 whole, 1 altered, 2 it could not be told.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    key = argparse.ArgumentParser(add_help=False)
    key.add_argument(
        "--key", action="append", required=True, help="a log's verifier key, or a file of them; repeatable"
    )
    key.add_argument("--json", action="store_true", help="print one JSON document")
    export = commands.add_parser("verify", parents=[key], help="an export against checkpoints")
    export.add_argument("export", type=Path, help="what `baton events export` wrote")
    export.add_argument("--checkpoints", type=Path, required=True, help="the checkpoints that you kept")
    export.add_argument("--witness", action="append", default=[], help="count only what this witness co-signed")
    export.add_argument("--all", action="store_true", help="list every finding, not the first of each service")
    proof = commands.add_parser("proof", parents=[key], help="the proof of one event")
    proof.add_argument("proof", type=Path, help="a .tlog-proof file")
    proof.add_argument("--event", type=Path, required=True, help="a file with the event's line")
    return parser


if __name__ == "__main__":
    sys.exit(main())
