"""social-core's own tests, from the source distribution of the installed version; a wheel has none.

They are under another licence (BSD) and not ours to copy, so they are fetched once into ``build/`` and only run.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import tarfile
import tempfile
from importlib import metadata
from pathlib import Path

PROJECT = "social-auth-core"
VERSION = metadata.version(PROJECT)
FOLDER = Path(__file__).parents[2] / "build" / "social-core" / VERSION
SECONDS = 120


class NoSourceDistribution(Exception):
    """The source distribution cannot be had; the text says why."""


def provide() -> None:
    """Make ``social_core.tests`` importable. Raises NoSourceDistribution."""
    if not (FOLDER / "social_core" / "tests" / "__init__.py").is_file():
        with tempfile.TemporaryDirectory() as downloads:
            _unpack_tests(_download(Path(downloads)))
    package = importlib.import_module("social_core")
    if str(FOLDER / "social_core") not in package.__path__:
        package.__path__.append(str(FOLDER / "social_core"))


def _download(folder: Path) -> Path:
    wanted = f"{PROJECT}=={VERSION}"
    options = ["--quiet", "--no-deps", "--no-binary", PROJECT, "--dest", str(folder)]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", *options, wanted],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoSourceDistribution(_why(f"pip took longer than {SECONDS} s")) from None
    archives = list(folder.glob("*.tar.gz"))
    if done.returncode or not archives:
        said = done.stderr.strip().splitlines() or ["pip said nothing"]
        raise NoSourceDistribution(_why(said[-1]))
    return archives[0]


def _unpack_tests(archive: Path) -> None:
    root = archive.name.removesuffix(".tar.gz")
    with tarfile.open(archive) as tar:
        wanted = [m for m in tar.getmembers() if m.name.startswith(f"{root}/social_core/tests/")]
        for member in wanted:
            member.name = member.name.removeprefix(f"{root}/")
        tar.extractall(FOLDER, members=wanted, filter="data")


def _why(reason: str) -> str:
    return (
        f"social-core's own tests could not be run, because the source distribution of {PROJECT} {VERSION} "
        f"could not be fetched with pip: {reason}"
    )
