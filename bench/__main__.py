"""``make bench``: what is measured, and how much of it. Only ratios of one run say something about the product.

``make bench ARGS=--quick`` measures less, at 150 ms alone, and ends within 3 minutes on a quiet machine; all of it
takes about 20. ``ARGS="--only hook fairness"`` measures some parts alone. The figures are printed as a table and
written to ``build/bench.json``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from bench import (
    fairness,
    hook_cost,
    limited_backlog,
    long_backlog,
    many_tenants,
    plain_jobs,
    redis_away,
    sign_in,
    thinking,
    throughput,
    wide,
)
from bench.report import Row, show, sum_up
from bench.world import World, set_up
from demo.stage import ROOT

REPORT = ROOT / "build" / "bench.json"


@dataclass(frozen=True)
class Amounts:
    """How much is measured."""

    latencies: tuple[int, ...]
    notices: int
    plain_jobs: int
    wide_runs: int
    wide_notices: int
    calls: int
    frozen_trials: int
    limited_notices: int
    flood: int
    readers: int
    quiet_publications: int
    backlog: int
    tenants: int
    rounds: int
    sign_ins: int


QUICK = Amounts((150,), 1000, 15, 2, 2, 200, 2, 12, 1000, 200, 25, 50_000, 10_000, 30, 15)
FULL = Amounts((0, 50, 150), 5000, 100, 5, 5, 3000, 10, 20, 10_000, 1000, 300, 1_000_000, 100_000, 300, 200)
Part = Callable[[World, Amounts, Path], Iterable[Row]]


def delivery(world: World, much: Amounts, folder: Path) -> Iterator[Row]:
    for latency in much.latencies:
        plain = plain_jobs.measure(world, latency, much.plain_jobs)
        yield from plain
        yield from throughput.measure(world, latency, much.notices, plain)
        if latency == wide.LATENCY_MS:
            yield from wide.measure(world, much.wide_runs, much.wide_notices, plain[0])


PARTS: dict[str, Part] = {
    "hook": lambda world, much, folder: hook_cost.measure(world, much.calls),
    "redis-away": lambda world, much, folder: redis_away.measure(world, folder, much.frozen_trials),
    "delivery": delivery,
    "limited-backlog": lambda world, much, folder: limited_backlog.measure(world, 1.0, much.limited_notices),
    "fairness": lambda world, much, folder: fairness.measure(
        world, much.flood, much.readers, much.quiet_publications
    ),
    "long-backlog": lambda world, much, folder: long_backlog.measure(world, much.backlog),
    "many-tenants": lambda world, much, folder: many_tenants.measure(world, much.tenants, much.rounds),
    "thinking": lambda world, much, folder: thinking.measure(much.rounds),
    "sign-in": lambda world, much, folder: sign_in.measure(world, much.sign_ins),
}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="measure less, at 150 ms alone")
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=list(PARTS), help="measure these parts alone"
    )
    given = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, set_up(Path(folder)) as world:
        for name in given.only:
            Console().print(f"measuring {name} ...", end=" ")
            began = time.monotonic()
            rows += PARTS[name](world, QUICK if given.quick else FULL, Path(folder))
            Console().print(f"{time.monotonic() - began:.0f} s")
    show(rows, REPORT)
    Console().print(sum_up(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
