"""What somebody can do about an event that was not told, in one sentence. Pure: the first obstacle counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from cocoom_slack_plugin.notifications.decision import PERSONAL
from cocoom_slack_plugin.notifications.why_delivery import notices, of_connection, of_workspace
from cocoom_slack_plugin.notifications.why_facts import Facts
from cocoom_slack_plugin.notifications.why_steps import Scope, Verdict
from cocoom_slack_plugin.slack_codes import Trouble, trouble_of
from cocoom_slack_plugin.switches import Function

SOON = timedelta(minutes=1)
"""For how long nobody needs to wonder why a worker has not come."""


def advise(facts: Facts, scope: Scope) -> str:
    """One sentence in plain words."""
    name = facts.tenant.subdomain
    if facts.found is None:
        return _not_recorded(facts)
    if facts.found.decided_at is None:
        return _not_taken(facts, facts.found.recorded_at)
    asked = [each for each in notices(facts, scope) if each.act == "tell"]
    told = [each for each in asked if each.conversation]
    for each in told:
        if each.state != "sent":
            return _not_sent(facts, each)
    if told:
        return "It was told: nothing is to be done."
    reason = next((each.reason for each in asked), None)
    if reason == "no_route":
        return (
            f"Give it a channel: `cocoom-slack routes add {name} CHANNEL` (with --dry-run nothing is stored)."
        )
    if reason == "muted":
        return f"A mute keeps it silent: `cocoom-slack routes list {name}` shows it, `routes remove` ends it."
    if scope.channel:
        return f"The rules did not send it there: `cocoom-slack routes add {name} {scope.channel}` would."
    return "The rules say that nobody is told of it: nothing is to be done."


def _not_recorded(facts: Facts) -> str:
    name, connection = facts.tenant.subdomain, facts.connection
    if not facts.may_notify:
        return f"Allow notifications for {name} in the setting cocoom_slack.tenants."
    if connection is None:
        return f"Connect the base first: `cocoom-slack connect {name}`."
    if not connection.is_enabled(Function.NOTIFICATIONS):
        return f"Switch notifications on: `cocoom-slack enable {name} notifications`."
    return "Check the id, and that the host tells the plugin of this act: its log has the calls that failed."


def _not_taken(facts: Facts, since: Any) -> str:
    if facts.now - since < SOON:
        return "It was recorded just now: a worker takes it up in some seconds."
    return "Start a worker with the same settings: `cocoom-slack worker`."


def _not_sent(facts: Facts, notice: Row[Any]) -> str:
    name = facts.tenant.subdomain
    if notice.state in ("failed", "unknown"):
        return f"`cocoom-slack replay {name} {notice.id}` sends it again, once the cause ({notice.reason}) is gone."
    if notice.state == "dropped":
        if notice.reason == "person_unknown":
            person = notice.conversation.removeprefix(PERSONAL)
            return f"Nobody in the workspace is known to be {person}: they can sign in with Slack, or use one e-mail."
        return "It was dropped by rule: nothing is to be done."
    if (connection := of_connection(facts)[0]).verdict is not Verdict.YES:
        return _repair(name, facts, connection.verdict)
    if of_workspace(facts):
        return "Slack is waited for: it goes on by itself."
    if notice.not_before and notice.not_before > facts.now:
        return "Its time has not come yet: nothing is to be done."
    if notice.trouble:
        return _trouble(notice)
    if notice.due_at and facts.now - notice.due_at > SOON and not notice.is_served:
        return "Start a worker with the same settings: `cocoom-slack worker`."
    return "It is about to be told: look again in some seconds."


def _repair(name: str, facts: Facts, verdict: Verdict) -> str:
    if verdict is Verdict.WAITS:
        return f"Say what becomes of the notices: `cocoom-slack catch-up {name} deliver|summarise|discard`."
    if facts.connection is not None and facts.connection.health != "ok":
        return f"Connect the base anew: `cocoom-slack connect {name} --notifications`."
    return _not_recorded(facts)


def _trouble(notice: Row[Any]) -> str:
    if trouble_of(notice.trouble) is Trouble.CHANNEL:
        return (
            f"The conversation takes no messages ({notice.trouble}): put that right in Slack, for a channel by "
            "inviting the app; it is tried again by itself."
        )
    return f"Slack has trouble ({notice.trouble}): it is tried again by itself."
