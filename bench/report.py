"""A row of the report: a figure beside its reference, measured in the same run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Reference:
    """What a figure is compared with."""

    name: str
    value: float


@dataclass(frozen=True)
class Row:
    """``goal`` is what the ratio should reach (``>=``) or stay below (``<=``), None for a figure without one."""

    name: str
    value: float
    unit: str
    reference: Reference | None = None
    ratio: float | None = None
    goal: str | None = None
    met: bool | None = None


def compared(name: str, value: float, unit: str, reference: Row, goal: str | None = None) -> Row:
    """A row with its ratio to another one, held against the goal."""
    ratio = value / reference.value
    bound = float(goal[2:]) if goal else 0.0
    met = None if goal is None else ratio >= bound if goal.startswith(">=") else ratio <= bound
    return Row(name, value, unit, Reference(reference.name, reference.value), ratio, goal, met)


def show(rows: Sequence[Row], path: Path) -> None:
    """Print the table and write the same as JSON."""
    table = Table("figure", "value", "unit", "ratio", "to", "goal", "met")
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        met = "" if row.met is None else "yes" if row.met else "NO"
        to = row.reference.name if row.reference else ""
        table.add_row(row.name, f"{row.value:.4g}", row.unit, ratio, to, row.goal or "", met)
    Console(width=150).print(table)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")


def sum_up(rows: Sequence[Row]) -> str:
    """How many goals were met, and which were not."""
    goals = [row for row in rows if row.met is not None]
    missed = [f"{row.name}: {row.ratio:.2f} instead of {row.goal}" for row in goals if not row.met]
    said = f"{len(goals) - len(missed)} of {len(goals)} goals met"
    return f"{said}; not met: {'; '.join(missed)}" if missed else said
