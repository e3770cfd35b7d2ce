"""What must be, and what must not be, in the two files that are published."""

from __future__ import annotations

import tarfile
import zipfile
from configparser import ConfigParser
from pathlib import Path, PurePosixPath

PACKAGES = {"cocoom_slack_plugin": "cocoom_slack_plugin", "cocoom_hooks": "hooks/cocoom_hooks"}
"""Import packages and where they live in the source tree."""

NEVER = {"bench", "build", "demo", "docs", "hooks", "tests"}
"""Folders that may be nobody's site-packages."""

KINDS = {
    "*.jinja2": 1,
    "*.po": 1,
    "*.css": 1,
    "py.typed": 2,
    "migrations/versions/*.py": 1,
    "static/cocoom-icon.png": 1,
}
"""Kinds of files beside the modules, and how many there are at least."""

ENTRY_POINTS = {
    "console_scripts": {"cocoom-slack": "cocoom_slack_plugin.cli:main"},
    "cocoom.plugins": {"slack": "cocoom_slack_plugin.plugin:SlackPlugin"},
}


class WheelError(Exception):
    """What is published is not what it should be. The text says what to look at."""


def look_into_wheel(wheel: Path, source: Path) -> None:
    """Raises WheelError."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        [entry_points] = [name for name in names if name.endswith(".dist-info/entry_points.txt")]
        announced = archive.read(entry_points).decode()
    _only_our_packages(names)
    _every_file(names, source)
    _enough_of_each_kind(names)
    parser = ConfigParser()
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(announced)
    found = {section: dict(parser[section]) for section in parser.sections()}
    if found != ENTRY_POINTS:
        raise WheelError(f"the entry points are {found} instead of {ENTRY_POINTS}")


def look_into_sdist(sdist: Path, source: Path) -> None:
    """Everything that `make demo`, `make test` and a reader need must be inside. Raises WheelError."""
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"setup.py", "pyproject.toml", "MANIFEST.in", "Makefile", "README.md", "development.ini"}
    wanted |= {
        name
        for folder in ("cocoom_slack_plugin", "hooks", "demo", "tests", "docs")
        for name in _files(source, folder)
    }
    if missing := sorted(wanted - names):
        raise WheelError(f"the source distribution lacks {', '.join(missing)}; see MANIFEST.in")


def _only_our_packages(names: set[str]) -> None:
    tops = {name.partition("/")[0] for name in names}
    strange = {top for top in tops if top not in PACKAGES and not top.endswith(".dist-info")}
    if strange or not set(PACKAGES) <= tops:
        raise WheelError(f"the wheel would put {sorted(tops)} into site-packages; see setup.py")
    for name in names:
        if NEVER & set(PurePosixPath(name).parts) or name.endswith((".pyc", ".ini")):
            raise WheelError(f"{name} is in the wheel and does not belong there; see setup.py")


def _every_file(names: set[str], source: Path) -> None:
    for package, folder in PACKAGES.items():
        expected = {f"{package}/{name.removeprefix(folder + '/')}" for name in _files(source, folder)}
        found = {name for name in names if name.startswith(f"{package}/")}
        if missing := sorted(expected - found):
            raise WheelError(f"the wheel lacks {', '.join(missing)}; see package_data in setup.py")
        if extra := sorted(found - expected):
            raise WheelError(f"the wheel has {', '.join(extra)}, which the source tree has not")


def _enough_of_each_kind(names: set[str]) -> None:
    for pattern, least in KINDS.items():
        found = [name for name in names if PurePosixPath(name).match(pattern)]
        if len(found) < least:
            raise WheelError(f"the wheel has {len(found)} files {pattern} instead of {least} or more")


def _files(source: Path, folder: str) -> set[str]:
    return {str(each.relative_to(source)) for each in (source / folder).rglob("*") if _is_source(each)}


def _is_source(each: Path) -> bool:
    return each.is_file() and not any(
        part == "__pycache__" or part.endswith(".egg-info") for part in each.parts
    )
