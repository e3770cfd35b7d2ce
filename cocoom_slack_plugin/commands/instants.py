"""Instants on the command line: read and shown in UTC, which every operator's machine agrees on."""

from __future__ import annotations

from datetime import UTC, datetime

import click

INSTANT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])
MINUTE, HOUR, DAY = 60, 3600, 86_400


def in_utc(given: datetime | None) -> datetime | None:
    """What somebody typed, as an instant."""
    return given.replace(tzinfo=UTC) if given else None


def shown(instant: datetime) -> str:
    """An instant for a table whose heading says UTC."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def lasting(seconds: float) -> str:
    """A length of time in its two largest units, ``3 h 12 min``."""
    whole = max(int(seconds), 0)
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE} s"
    if whole < DAY:
        return f"{whole // HOUR} h {whole % HOUR // MINUTE} min"
    return f"{whole // DAY} d {whole % DAY // HOUR} h"
