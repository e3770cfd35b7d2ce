"""``python -m demo [--once]``: everything runs, two tenants are connected, and the tour is walked before your eyes."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path

from rich.console import Console

from demo import gallery
from demo.afterwards import Afterwards
from demo.servers import ServerError
from demo.stage import ROOT, SLACK_URL, Stage, address, set_up
from demo.tour import Tour

FOLDER = ROOT / "build" / "demo"

console = Console(highlight=False, soft_wrap=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the tour; status 1 when a step failed")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where data and logs go")
    options = parser.parse_args(arguments)
    # Also SIGINT, which a shell lets background processes ignore.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    try:
        console.print("starting PostgreSQL, Redis, Slack's stand-in, the host and a worker ...")
        with set_up(options.folder) as stage:
            console.print(f"all there after {stage.started_in:.1f} s; logs are in {_shown(options.folder)}")
            failed = _walk(stage) or _hang_gallery()
            if not options.once:
                _stay()
    except ServerError as error:
        console.print(f"[red]{error}[/]")
        return 1
    except KeyboardInterrupt:
        return 130 if options.once else 0
    return 1 if failed else 0


def _walk(stage: Stage) -> bool:
    """Walk the tour to its first failure. Returns whether there was one."""
    tour = Tour(stage)
    for number, step in enumerate([*tour.steps(), *Afterwards(tour).steps()], 1):
        try:
            said = step.walk()
        except Exception as error:
            console.print(f"[red]✗ {number:2}  {step.title}[/]\n      {type(error).__name__}: {error}")
            return True
        console.print(f"[green]✓[/] {number:2}  {step.title}\n      [dim]{said}[/]", markup=True)
    return False


def _hang_gallery() -> bool:
    """Show every message there is. Returns whether one was refused."""
    try:
        count = gallery.hang(SLACK_URL)
    except Exception as error:
        console.print(f"[red]✗ gallery[/]\n      {type(error).__name__}: {error}")
        return True
    console.print(f"[green]✓[/] gallery  {count} messages: every one there is, in both languages")
    return False


def _stay() -> None:
    console.print(
        f"\n  acme    {address('acme')}    (alice@acme.example; Slack or the demo password)"
        f"\n  globex  {address('globex')}  (gina@globex.example)"
        f"\n  Slack   {SLACK_URL}"
        f"\n  gallery {gallery.page(SLACK_URL)}\n\nCtrl-C ends everything."
    )
    while True:
        time.sleep(3600)


def _shown(folder: Path) -> Path:
    return folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder


if __name__ == "__main__":
    sys.exit(main())
