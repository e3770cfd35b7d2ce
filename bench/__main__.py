"""``make bench``: ratios only, each measured in this one run. ``--quick`` measures less and ends within 3 minutes."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from bench import sign_in, throughput
from bench.report import Row, show
from bench.world import set_up
from demo.stage import ROOT

REPORT = ROOT / "build" / "bench.json"
LATENCIES = (0, 50, 150)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer messages, at 150 ms alone")
    quick = parser.parse_args().quick
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, set_up(Path(folder)) as world:
        for latency in (150,) if quick else LATENCIES:
            Console().print(f"measuring at {latency} ms ...")
            rows += throughput.measure(world, latency, 2000 if quick else 5000, 40 if quick else 100)
        Console().print("measuring sign-ins ...")
        rows += sign_in.measure(world, 30 if quick else 200)
    show(rows, REPORT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
