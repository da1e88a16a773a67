"""A secret is compared by `hmac.compare_digest`, in a time that does not tell how much of it was right."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.settings import ROOT

SECRET = ("secret", "hash", "digest", "password", "signature", "api_key", "token")
NOT_SECRET = {"token_types"}
COMPARING = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)


def compared(tree: ast.AST) -> Iterator[str]:
    """The names of secrets that are compared by an operator, or matched."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and any(isinstance(op, COMPARING) for op in node.ops):
            yield from (name for side in (node.left, *node.comparators) for name in secrets(side))
        elif isinstance(node, ast.Match):
            yield from secrets(node.subject)


def secrets(node: ast.AST) -> Iterator[str]:
    """The secrets of an expression; what is called with one, such as `len`, gives something else."""
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    if name not in NOT_SECRET and any(word in name for word in SECRET):
        yield name
    inside = [node.func] if isinstance(node, ast.Call) else getattr(node, "elts", [])
    for part in inside:
        yield from secrets(part)


@pytest.mark.parametrize("path", sorted((ROOT / "shared" / "identity").glob("*.py")), ids=lambda path: path.stem)
def test_no_secret_is_compared_by_an_operator(path: Path) -> None:
    assert list(compared(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    "code",
    ["secret == given", "row.secret_hash != hashed(x)", "given in (password, other)", "hashed(secret) == x"],
)
def test_and_one_that_were_would_be_seen(code: str) -> None:
    assert list(compared(ast.parse(code)))
