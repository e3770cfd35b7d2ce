"""``python -m tests.wheel``: build what would be published, look into it, install it alone, run the ten lines on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from demo.servers import Postgres, ServerError
from tests.contract import ten_lines
from tests.contract.documents import ROOT
from tests.wheel import content
from tests.wheel.content import WheelError

INSIDE = Path(__file__).with_name("inside.py")
NOT_SOURCE = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist")
ENOUGH_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Place:
    """Where it all happens: a temporary folder that is gone afterwards."""

    folder: Path

    @property
    def source(self) -> Path:
        return self.folder / "source"

    @property
    def dist(self) -> Path:
        return self.folder / "dist"

    @property
    def host(self) -> Path:
        return self.folder / "host"

    def program(self, name: str) -> str:
        return str(self.folder / "venv" / "bin" / name)

    @property
    def wheel(self) -> Path:
        return the_one(self.dist, "*.whl")

    @property
    def sdist(self) -> Path:
        return the_one(self.dist, "*.tar.gz")


def main() -> int:
    """Returns the exit status."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cocoom-wheel-") as folder:
        place = Place(Path(folder))
        steps: list[tuple[str, Callable[[Place], None]]] = [
            ("build the source distribution, and the wheel from it", build),
            ("look into both", look),
            ("install the wheel, and nothing else of ours, into an empty environment", install),
            ("run the ten lines of docs/embedding.md there, on a real PostgreSQL", run_host),
        ]
        for number, (title, step) in enumerate(steps, 1):
            say(f"{number}/{len(steps)}  {title}")
            begun = time.monotonic()
            try:
                step(place)
            except (WheelError, ServerError) as error:
                say(f"     failed: {error}")
                return 1
            say(f"     done in {time.monotonic() - begun:.1f} s")
    say(f"the wheel is good; {time.monotonic() - began:.0f} s in all")
    return 0


def build(place: Place) -> None:
    # From a copy: building leaves an egg-info and a build folder behind.
    shutil.copytree(ROOT, place.source, ignore=NOT_SOURCE)
    shutil.copy(ROOT / ".gitignore", place.source)
    run([sys.executable, "-m", "build", "--outdir", str(place.dist), str(place.source)], place.folder)


def look(place: Place) -> None:
    content.look_into_sdist(place.sdist, place.source)
    content.look_into_wheel(place.wheel, place.source)
    say(f"     {place.wheel.name}, {place.wheel.stat().st_size / 1024:.0f} KiB; {place.sdist.name}")


def install(place: Place) -> None:
    venv.create(place.folder / "venv", with_pip=True)
    run([place.program("python"), "-m", "pip", "install", "--quiet", str(place.wheel)], place.folder)
    run([place.program("python"), "-m", "pip", "check"], place.folder)


def run_host(place: Place) -> None:
    with Postgres(place.folder / "postgres", options={"fsync": "off"}) as server:
        ten_lines.write(place.host, server.url("wheel"))
        run([place.program("cocoom-slack"), "--help"], place.host)
        run([place.program("alembic"), "-c", "host.ini", "upgrade", "heads"], place.host)
        inside = shutil.copy(INSIDE, place.host)
        said = run([place.program("python"), "-I", str(inside), str(place.host)], place.host)
        say("".join(f"     {line}\n" for line in said.splitlines()).rstrip())
        status = run([place.program("cocoom-slack"), "-c", "host.ini", "status"], place.host, PYTHONPATH=".")
        if "T0ACME" not in status:
            raise WheelError(f"cocoom-slack status does not show the connection:\n{status}")


def run(command: list[str], folder: Path, **environment: str) -> str:
    """Run it there, away from the source tree. Returns what it says. Raises WheelError with its last words."""
    inherited = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**inherited, **environment},
            capture_output=True,
            text=True,
            timeout=ENOUGH_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise WheelError(f"`{shown(command)}` was not done after {ENOUGH_SECONDS} s") from None
    if done.returncode:
        last = (done.stdout + done.stderr).strip()[-3000:]
        raise WheelError(f"`{shown(command)}` ended with status {done.returncode}:\n{last}")
    return done.stdout


def shown(command: list[str]) -> str:
    return " ".join([Path(command[0]).name, *command[1:]])


def the_one(folder: Path, pattern: str) -> Path:
    found = list(folder.glob(pattern))
    if len(found) != 1:
        raise WheelError(f"the build made {len(found)} files {pattern} instead of one")
    return found[0]


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
