"""What Slack asked this process to wait for."""

from __future__ import annotations

import time


class Waits:
    """Until when which method is not to be called, by this process's monotonic clock.

    A limit is one method's, of one app in one workspace (slack.md D3); each tenant has an app of its own. Other
    processes find out by themselves.
    """

    def __init__(self) -> None:
        self._until: dict[tuple[str, str, str], float] = {}

    def note(self, method: str, tenant_id: str, team_id: str, seconds: float) -> None:
        """Slack asked to wait so long. Of several such answers the longest wait counts."""
        key = (method, tenant_id, team_id)
        self._until[key] = max(time.monotonic() + seconds, self._until.get(key, 0.0))

    def left(self, method: str, tenant_id: str, team_id: str) -> float:
        """Seconds for which the method is still not to be called, 0 when it may be."""
        return max(self._until.get((method, tenant_id, team_id), 0.0) - time.monotonic(), 0.0)
