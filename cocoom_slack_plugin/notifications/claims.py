"""What a worker holds while it serves a lane. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cocoom_slack_plugin.notifications.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Claim:
    """A lane that this worker may serve until its lease ends."""

    lane_id: int
    tenant_id: str
    conversation: str
    fence: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice that waits in a claimed lane."""

    claim: Claim
    notice_id: int
    locale: str
    kind: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of a notice, to be recorded. ``goes_on`` keeps the lane claimed for the next one."""

    waiting: Waiting
    verdict: Verdict
    goes_on: bool = False
