"""What follows from an attempt to post: for the message, for its lane, for the workspace. Pure (slack.md D4)."""

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
    """Whose trouble it is, and so how far it reaches."""

    LANE = "lane"
    SLACK = "slack"
    """Slack's own: counted by the workspace's breaker."""
    WORKSPACE = "workspace"
    """Slack asked the whole workspace to wait."""
    CONNECTION = "connection"
    """Everything of the tenant waits until it is connected anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``state`` is the final state of the notices that the message carried, None while they go on waiting; ``message``
    the outcome of the attempt, None when nothing left us; ``pause`` is in seconds, until the lane (or all of the
    workspace) may post again; ``called`` says that Slack was asked to post, which the lane's pace counts."""

    state: str | None = None
    message: str | None = None
    code: str | None = None
    posted: Posted | None = None
    pause: float = 0.0
    reach: Reach = Reach.LANE
    counts: bool = False
    called: bool = False

    @property
    def in_doubt(self) -> bool:
        """Whether Slack may have taken the message."""
        return self.message == "unknown"


LATER = Verdict()
"""Nothing was tried; the lane is given back as it is."""


def sent(posted: Posted, code: str | None = None) -> Verdict:
    """Slack took it; ``code`` says what it had against the first form of the message."""
    return Verdict(state="sent", message="sent", posted=posted, code=code, called=True)


def broken(code: str) -> Verdict:
    """The connection does not work."""
    return Verdict(code=code, reach=Reach.CONNECTION)


def judge(error: SlackError, attempts: int) -> Verdict:
    """What follows from a failed post. ``attempts`` is how many have failed in a row before this one."""
    match error:
        case SlackRateLimited():
            return Verdict(code=error.code, pause=error.retry_after, reach=Reach.WORKSPACE)
        case SlackRefused():
            return _refused(error.code)
    doubt = isinstance(error, SlackUncertain)
    if attempts >= len(RETRY_SECONDS):
        state = "unknown" if doubt else "failed"
        return Verdict(state=state, message=state, code=error.code, reach=Reach.SLACK, called=True)
    return Verdict(
        message="unknown" if doubt else None,
        code=error.code,
        pause=RETRY_SECONDS[attempts],
        reach=Reach.SLACK,
        counts=True,
        called=True,
    )


def judge_preparation(error: SlackError, attempts: int) -> Verdict:
    """What follows when something that Slack was asked before the post failed: no message is in doubt, none counted."""
    match error:
        case SlackRateLimited():
            # A limit of that method alone (slack.md D3).
            return Verdict(code=error.code, pause=error.retry_after)
        case SlackRefused() if trouble_of(error.code) is Trouble.CREDENTIAL and error.code != "missing_scope":
            return broken(error.code)
        case SlackRefused():
            return Verdict(state="failed", code=error.code)
    if attempts >= len(RETRY_SECONDS):
        return Verdict(state="failed", code=error.code, reach=Reach.SLACK)
    return Verdict(code=error.code, pause=RETRY_SECONDS[attempts], reach=Reach.SLACK, counts=True)


def _refused(code: str) -> Verdict:
    match trouble_of(code):
        case Trouble.CREDENTIAL:
            return broken(code)
        case Trouble.CHANNEL:
            return Verdict(code=code, pause=CHANNEL_PROBE_SECONDS, called=True)
        case _:
            return Verdict(state="failed", message="failed", code=code, called=True)
