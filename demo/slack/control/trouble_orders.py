"""Orders for trouble: faults, wrong id_tokens, limits, latency, time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from demo.slack.api.method import METHODS
from demo.slack.api.scheduling import post_due
from demo.slack.control.order import order
from demo.slack.faults import Fault, FaultKind
from demo.slack.signin.knobs import IdTokenKnob, Signing
from demo.slack.slack import Settings, Slack

_DOCUMENTS = {"*", "discovery", "keys"}


@order
def add_fault(slack: Slack, kind: str, method: str = "*", **fields: Any) -> None:
    """Fields of Fault; see FaultKind for what can happen."""
    if method not in _DOCUMENTS | METHODS.keys():
        raise ValueError(f"no method {method}")
    slack.faults.add(Fault(FaultKind(kind), method, **fields))


@order
def clear_faults(slack: Slack) -> None:
    slack.faults.clear()


@order
def spoil_id_token(slack: Slack, signing: str = Signing.RS256, **fields: Any) -> None:
    """Fields of IdTokenKnob."""
    slack.knobs.add(IdTokenKnob(signing=Signing(signing), **fields))


@order
def clear_id_token(slack: Slack) -> None:
    slack.knobs.clear()


@order
def rotate_keys(slack: Slack, keep_old: bool = True) -> str:
    return slack.keys.rotate(keep_old=keep_old)


@order
def set_limits(slack: Slack, **fields: Any) -> None:
    """Fields of Limits. The count starts afresh."""
    slack.rate_limits.limits = replace(slack.rate_limits.limits, **fields)
    slack.rate_limits.clear()


@order
def set_settings(slack: Slack, **fields: Any) -> None:
    """Fields of Settings."""
    slack.settings = replace(slack.settings, **fields)


@order
def advance_clock(slack: Slack, seconds: float) -> float:
    """Push Slack's clock; what is scheduled for the time skipped is posted. The new time."""
    slack.clock.advance(seconds)
    post_due(slack)
    return slack.clock.now()


@order
def calm(slack: Slack) -> None:
    """No faults, knobs or approvals; limits and settings as at the start. The world stays."""
    clear_faults(slack)
    clear_id_token(slack)
    slack.approvals.clear()
    slack.settings = Settings()
    slack.rate_limits = type(slack.rate_limits)(slack.clock)
