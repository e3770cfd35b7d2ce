"""What follows from an attempt to post: for the notice, for its lane, for the workspace. Pure (slack.md D4)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from cocoom_slack_plugin.errors import SlackError, SlackRateLimited, SlackRefused, SlackUncertain
from cocoom_slack_plugin.slack import Posted
from cocoom_slack_plugin.slack_codes import Trouble, trouble_of

RETRY_SECONDS = (5, 30, 120, 600, 1800, 7200, 18_000, 36_000, 36_000)
"""Pauses between attempts that failed through no fault of the message: 28 hours in all, longer than a day's outage."""

CHANNEL_PROBE_SECONDS = 3600
"""How often a conversation that does not take messages is tried again; its notices wait in order."""


class Reach(enum.StrEnum):
    """How far the pause reaches."""

    LANE = "lane"
    WORKSPACE = "workspace"
    CONNECTION = "connection"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``notice`` is the notice's final state, None while it goes on waiting; ``message`` the outcome of the attempt,
    None when nothing left us; ``pause`` is in seconds, until the lane (or all of the workspace) may post again."""

    notice: str | None
    message: str | None = None
    code: str | None = None
    posted: Posted | None = None
    pause: float = 0.0
    reach: Reach = Reach.LANE
    counts: bool = False


def sent(posted: Posted, interval: float) -> Verdict:
    """Slack took it. ``interval`` is the pace of the conversation, in seconds."""
    return Verdict(notice="sent", message="sent", posted=posted, pause=interval)


def dropped(reason: str) -> Verdict:
    """By rule, with the reason; nothing was sent."""
    return Verdict(notice="dropped", code=reason)


def broken(code: str) -> Verdict:
    """The connection does not work: everything of the tenant waits until it is connected anew."""
    return Verdict(notice=None, code=code, reach=Reach.CONNECTION)


def judge(error: SlackError, attempts: int) -> Verdict:
    """What follows from a failed call. ``attempts`` is how many have failed in a row before this one."""
    match error:
        case SlackRateLimited():
            return Verdict(notice=None, code=error.code, pause=error.retry_after, reach=Reach.WORKSPACE)
        case SlackRefused():
            return _refused(error.code)
        case _ if attempts >= len(RETRY_SECONDS):
            state = "unknown" if isinstance(error, SlackUncertain) else "failed"
            return Verdict(notice=state, message=state, code=error.code)
        case _:
            message = "unknown" if isinstance(error, SlackUncertain) else None
            return Verdict(
                notice=None, message=message, code=error.code, pause=RETRY_SECONDS[attempts], counts=True
            )


def _refused(code: str) -> Verdict:
    match trouble_of(code):
        case Trouble.CREDENTIAL:
            return broken(code)
        case Trouble.CHANNEL:
            return Verdict(notice=None, code=code, pause=CHANNEL_PROBE_SECONDS)
        case _:
            return Verdict(notice="failed", message="failed", code=code)
