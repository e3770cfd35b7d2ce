"""A step of an explanation, and what the explanation is limited to."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cocoom_slack_plugin.notifications.decision import PERSONAL


class Verdict(enum.StrEnum):
    YES = "yes"
    NO = "no"
    INFO = "info"
    WAITS = "waits"


@dataclass(frozen=True, slots=True)
class Step:
    """``what`` was looked at, whether it lets the message through, why in words, and when that was or will be."""

    what: str
    verdict: Verdict
    explanation: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """``advice`` is one sentence for whoever wants to do something about it."""

    steps: Sequence[Step]
    advice: str


@dataclass(frozen=True, slots=True)
class Scope:
    """One channel, or one person by the host's user id; None of both is everything."""

    channel: str | None = None
    user_id: str | None = None

    def holds(self, conversation: str | None) -> bool:
        """Whether this conversation is asked about. What has no conversation concerns everybody."""
        if conversation is None or (self.channel is None and self.user_id is None):
            return True
        return conversation == (self.channel or f"{PERSONAL}{self.user_id}")


REASONS = {
    "no_route": "no route means it",
    "muted": "a route mutes it",
    "own_act": "nobody is told of their own act",
    "not_active": "the person's account is not active",
    "not_wanted": "the person does not want to be told of this kind",
    "not_by_an_administrator": "people are told of edits by administrators alone",
    "nobody_is_told": "nobody is ever told of this kind of event",
    "unreadable": "this version of the plugin cannot read what another version recorded",
    "undecidable": "deciding failed through a fault of the plugin: its log says more",
    "withdrawn": "what it tells of was taken back before it was told",
    "switched_off": "the setting cocoom_slack.tenants did not allow notifications when its turn came",
    "person_unknown": "nobody in the workspace is known to be this person",
    "summarised": "somebody chose to have it summarised when the connection was back",
    "discarded": "somebody chose to discard it when the connection was back",
    "nothing_to_amend": "there was no message any more that tells of the post",
}
"""Why a notice was dropped by rule, by the reason that the table has."""


def reason_in_words(code: str | None) -> str:
    """Ours as a sentence; Slack's codes as they are."""
    return REASONS.get(code or "", code or "no reason is recorded")
