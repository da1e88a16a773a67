"""A place and a user for PostgreSQL when Baton is run as root, which PostgreSQL refuses to be run as.

Its programs then run as `nobody`. Where that user cannot get to the programs or to the data directory, since the
clone lies under a closed directory such as /root, they are kept under /var/lib/baton: a copy of the programs, and
the data, to which a symbolic link leads from where it was wanted.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from deploy.errors import Unmet
from deploy.local.processes import UnprivilegedUser

_USER = "nobody"
_ELSEWHERE = Path("/var/lib/baton")


def unprivileged_user() -> UnprivilegedUser | None:
    """Whom to run as instead of root; None when we are not root."""
    if os.geteuid() != 0:
        return None
    try:
        known = pwd.getpwnam(_USER)
    except KeyError:
        raise Unmet(
            f"PostgreSQL does not run as root, and this machine has no user {_USER} to run it as.",
            "Run Baton as an ordinary user.",
        ) from None
    return UnprivilegedUser(name=_USER, uid=known.pw_uid, gid=known.pw_gid)


def reachable_directory(wanted: Path, user: UnprivilegedUser | None) -> Path:
    """Where the directory `wanted` really is to lie, so that `user` gets to it; its parent exists then."""
    if wanted.is_symlink():
        target = wanted.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        return target
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if user is None or wanted.exists() or _can_enter(user, wanted.parent):
        return wanted
    target = elsewhere(wanted) / wanted.name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    wanted.symlink_to(target)
    return target


def reachable_programs(packaged: tuple[Path, ...], near: Path, user: UnprivilegedUser | None) -> Path:
    """Where the first of the `packaged` directories lies, or its copy with the others beside it."""
    if user is None or all(_can_enter(user, directory) for directory in packaged):
        return packaged[0]
    copies = elsewhere(near) / "programs"
    if not copies.is_dir():
        draft = copies.with_suffix(f".{os.getpid()}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        for directory in packaged:
            shutil.copytree(directory, draft / directory.name, symlinks=True)
        draft.replace(copies)
    return copies / packaged[0].name


def elsewhere(wanted: Path) -> Path:
    """The directory under /var/lib/baton that stands for the place `wanted`."""
    return _ELSEWHERE / hashlib.sha256(os.fsencode(wanted.absolute())).hexdigest()[:12]


def remove(wanted: Path) -> None:
    """Remove the directory `wanted`, wherever it really lies, and what was copied for it."""
    if wanted.is_symlink():
        shutil.rmtree(wanted.resolve(), ignore_errors=True)
        wanted.unlink()
    shutil.rmtree(wanted, ignore_errors=True)
    shutil.rmtree(elsewhere(wanted), ignore_errors=True)


def _can_enter(user: UnprivilegedUser, directory: Path) -> bool:
    """Whether the user gets into the directory: tried, because modes alone do not tell."""
    tried = subprocess.run(
        ["test", "-x", f"{directory}/."],
        check=False,
        user=user.uid,
        group=user.gid,
        extra_groups=[],
        cwd="/",
        capture_output=True,
    )
    return tried.returncode == 0
