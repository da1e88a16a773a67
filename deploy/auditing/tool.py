"""The verifier as one file, which an auditor keeps apart from Baton. The same code gives the same bytes."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

import verifier

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_MAIN = '''\
"""Baton's verifier: it needs Python 3.11 and the package cryptography."""

import sys

try:
    from verifier.__main__ import main
except ImportError as missing:
    sys.stderr.write(f"{missing}. Install it first: python3 -m pip install cryptography\\n")
    sys.exit(2)
sys.exit(main())
'''


def write(out: IO[bytes]) -> None:
    """Write the tool: `python3 FILE verify …`."""
    sources = {f"verifier/{path.name}": path.read_text() for path in Path(verifier.__file__).parent.glob("*.py")}
    out.write(b"#!/usr/bin/env python3\n")
    with zipfile.ZipFile(out, "w") as archive:
        for name, source in sorted({**sources, "__main__.py": _MAIN}.items()):
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), source)
