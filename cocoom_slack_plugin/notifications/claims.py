"""What a worker holds while it serves a lane, and what it has to say about it afterwards. Values only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cocoom_slack_plugin.notifications.decision import Act
from cocoom_slack_plugin.notifications.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Claim:
    """A lane that this worker may serve for as long as it keeps the lease alive.

    ``idle`` is how many seconds ago the lane could have posted; ``doubted_at`` since when it is unknown whether Slack
    took a message of it, and ``doubt_upto`` the last notice of that message where it held one that must not be doubled.
    A ``probe`` finds out for its whole workspace whether Slack is back.
    """

    lane_id: int
    tenant_id: str
    conversation: str
    fence: int
    attempts: int
    idle: float
    doubted_at: datetime | None
    doubt_upto: int | None = None
    probe: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice that waits in a claimed lane, and its event.

    ``newer_kind`` and ``newer_post`` are what happened to the event's post later, as the newest event has it.
    ``parent_ts`` is the message under which it belongs, None where it stands by itself.
    """

    claim: Claim
    notice_id: int
    locale: str
    on_doubt: str
    act: Act
    broadcast: bool
    bundle: str | None
    kind: str
    payload: str
    newer_kind: str | None = None
    newer_post: str | None = None
    parent_ts: str | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one notice: its final state, None while it goes on waiting, and whether the message carried it."""

    notice_id: int
    state: str | None
    reason: str | None = None
    carried: bool = False


@dataclass(frozen=True, slots=True)
class Amended:
    """A message that was brought up to date on behalf of this notice."""

    message_id: int
    notice_id: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of a claim, to be recorded: of its one message, of the lane, and of each notice it touched."""

    claim: Claim
    verdict: Verdict
    fates: Sequence[Fate] = ()
    amended: Amended | None = None
