"""One `up` or `down` at a time: a lock that the system itself lets go of when its holder ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.errors import Unmet


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock at `path`.

    Raises:
        Unmet: when another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise Unmet(
                f"Another `baton` (process {holder}) is starting or stopping this stack.",
                "Wait until it is done.",
            ) from None
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield
