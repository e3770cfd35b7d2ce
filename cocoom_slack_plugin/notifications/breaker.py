"""The breaker of a workspace: after several failures of Slack's in a row nothing is posted but one probe at a time.

It keeps a tenant whose workspace is in trouble from using up its notices' attempts, and Slack from being asked in
vain. The first success closes it. Pure.
"""

from __future__ import annotations

OPENS_AT = 5
"""Failures in a row, over all lanes of the tenant, none of them a message's or a channel's own."""
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0


def count(before: int, failed: int, *, probed: bool) -> int | None:
    """How many failures there are in a row now; None when nothing failed, or only what began before it opened."""
    if not failed:
        return None
    if before < OPENS_AT:
        return min(before + failed, OPENS_AT)
    return before + 1 if probed else None


def pause(failures: int) -> float:
    """Seconds until the next probe, after this many failures in a row; 0 while the breaker is closed."""
    if failures < OPENS_AT:
        return 0.0
    return float(min(FIRST_PAUSE * 2 ** min(failures - OPENS_AT, 10), LONGEST_PAUSE))
