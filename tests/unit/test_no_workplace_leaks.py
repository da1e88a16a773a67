"""Nothing that can be committed names a package registry's host or a path of the machine it came from."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The folders of .gitignore: anywhere by name, and by their place in the tree.
IGNORED = {
    *(".git", "node_modules", "target", "__pycache__", ".hypothesis"),
    *(".mypy_cache", ".pytest_cache", ".ruff_cache", ".import_linter_cache"),
}
IGNORED_PLACES = {
    Path(".venv"),
    Path("var"),
    Path("build"),
    Path("dist"),
    Path("services/reporting/web/static"),
}
# Written backwards, so that this file does not name them either.
HOSTS = [
    name[::-1]
    for name in (
        *("gro.ipyp", "gro.detsohnohtyp", "gro.sjmpn.yrtsiger", "moc.gkpnray.yrtsiger", "oi.setarc"),
        *("gro.ehcapa.nevam.oper", "gro.nevam.1oper", "gro.gnalog.yxorp", "gro.gnalog.mus", "gro.naibed.bed"),
    )
]
PATHS = [
    path[::-1]
    for path in (
        *("niam/krow/", "derahs/krow/", "seussi/krow/", "yrarbil./krow/", "rorrim./krow/"),
        *("sleehw/tpo/", "sboj_hsab/pmt/"),
    )
]
# A clone's own place is looked for too, unless it is as short as a container's `/app`.
SHORTEST_PLACE = 4


def needles(root: Path) -> re.Pattern[str]:
    here = [str(root)] if len(root.parts) >= SHORTEST_PLACE else []
    hosts = "|".join(re.escape(host) for host in HOSTS)
    paths = "|".join(re.escape(path) for path in PATHS + here)
    return re.compile(rf"(?<![\w-])(?:{hosts})\b|(?<![\w.-])(?:{paths})\b")


def texts(root: Path) -> Iterator[tuple[Path, str]]:
    for folder, folders, files in os.walk(root):
        here = Path(folder).relative_to(root)
        folders[:] = [name for name in folders if not is_ignored(here / name)]
        for name in files:
            try:
                yield here / name, Path(folder, name).read_text(encoding="utf-8")
            except (UnicodeDecodeError, FileNotFoundError):  # not text, or gone meanwhile
                continue


def is_ignored(folder: Path) -> bool:
    return folder.name in IGNORED or folder in IGNORED_PLACES or folder.suffix == ".egg-info"


def leaks(root: Path) -> list[str]:
    pattern = needles(root)
    return [
        f"{path}:{number}: {found.group()}"
        for path, text in texts(root)
        for number, line in enumerate(text.splitlines(), start=1)
        for found in pattern.finditer(line)
    ]


def test_no_file_names_a_registry_or_a_path_of_this_machine() -> None:
    assert leaks(ROOT) == []


@pytest.mark.parametrize("needle", [*HOSTS, *PATHS])
def test_each_is_found_where_it_stands(tmp_path: Path, needle: str) -> None:
    (tmp_path / "note.md").write_text(f"fine\nsee {needle}/x for more\n")

    assert leaks(tmp_path) == [f"note.md:2: {needle}"]


def test_the_clones_own_place_is_found_too(tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text(f'ROOT = "{tmp_path}/var"\n')

    assert leaks(tmp_path) == [f"settings.py:1: {tmp_path}"]


def test_what_git_ignores_may_name_them(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "log").write_text(HOSTS[0])

    assert leaks(tmp_path) == []
