"""Like with like: 20 tenants x 50 channels, a message for each notice, and with 1,000 lanes 256 may be under way.

Nothing is condensed, and order holds nothing back; what remains is the price of tables, leases and fairness. The work
of deciding is in it: events have been recorded, and nothing else. Bare loop and worker take turns, and the medians are
compared.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from bench.contest import Taken, contend
from bench.report import Row, compared
from bench.throughput import beside, figures, publish
from bench.world import TENANTS, THREADS, World

LATENCY_MS = 150
THREAD = "many"
LANES = TENANTS * THREADS[THREAD]


def measure(world: World, runs: int, each: int, plain: Row) -> Iterator[Row]:
    """``each`` notices in each lane; ``plain`` is the row of the plain RQ jobs at the same latency."""
    world.control.settings(latency_ms=LATENCY_MS)
    count, at = LANES * each, f"20 x 50 lanes, at {LATENCY_MS} ms"
    bare, ours = [], []
    for _ in range(runs):
        bare.append(contend(world, "bare", count, thread=THREAD))
        world.clear()
        publish(world, THREAD, count)
        ours.append(contend(world, "ours", count, each=THREADS[THREAD], thread=THREAD))
    references = figures("bare loop, 256 in flight", at, _median(bare), count)
    found = figures("one worker", at, _median(ours), count)
    yield from references
    yield from beside(found, references, (">=0.7", "<=3", None))
    yield compared(found[0].name, found[0].value, found[0].unit, plain, ">=100")


def _median(taken: Sequence[Taken]) -> Taken:
    middle = statistics.median
    cpu, peak = middle(each.cpu for each in taken), middle(each.peak_mib for each in taken)
    return Taken(0.0, middle(each.seconds for each in taken), cpu, peak)
