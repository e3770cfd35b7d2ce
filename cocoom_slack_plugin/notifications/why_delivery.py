"""Explaining a delivery: the connection, the workspace, and each notice with its lane and its message. Pure."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from cocoom_slack_plugin.notifications.decision import DIGEST, PERSONAL
from cocoom_slack_plugin.notifications.why_facts import Facts
from cocoom_slack_plugin.notifications.why_steps import Scope, Step, Verdict, reason_in_words
from cocoom_slack_plugin.switches import Function

YES, NO, INFO, WAITS = Verdict


def notices(facts: Facts, scope: Scope) -> list[Row[Any]]:
    """Those that are asked about."""
    return [each for each in facts.notices if scope.holds(each.conversation)]


def of_connection(facts: Facts) -> list[Step]:
    """Whether anything of the tenant can be told at all; the first reason why not."""
    found = facts.connection
    if not facts.may_notify:
        return [Step("connection", NO, "the setting cocoom_slack.tenants does not allow notifications")]
    if found is None:
        return [Step("connection", NO, "the base is not connected to Slack")]
    if not found.is_enabled(Function.NOTIFICATIONS):
        return [Step("connection", NO, "notifications are off")]
    if found.health != "ok":
        return [Step("connection", NO, f"the connection is broken: {found.health_code}")]
    if found.held_at is not None:
        held = "notices are held since the connection was broken: somebody has to say what becomes of them"
        return [Step("connection", WAITS, held, found.held_at)]
    return [Step("connection", YES, f"connected to the workspace {found.team_name} ({found.team_id})")]


def of_workspace(facts: Facts) -> list[Step]:
    """A pause of everything in the workspace, where there is one."""
    pause = facts.pause
    if pause is None or pause.trouble is None or pause.ready_at <= facts.now:
        return []
    failures = f", after {pause.failures} failures in a row" if pause.failures else ""
    told = f"nothing of the workspace is posted until then: {pause.trouble}{failures}"
    return [Step("workspace", WAITS, told, pause.ready_at)]


def of_notice(facts: Facts, notice: Row[Any]) -> list[Step]:
    """What was written down, what happened in the lane, and what Slack has."""
    steps = [_written(facts, notice)]
    if notice.conversation and notice.conversation.startswith(PERSONAL):
        steps.append(_match(facts))
    if notice.state == "waiting":
        steps.append(_lane(facts, notice))
    if notice.outcome is not None:
        steps.append(_message(notice))
    if notice.amended_by is not None:
        steps.append(Step("message", INFO, "it was brought up to date with what became of the post"))
    return steps


def _written(facts: Facts, notice: Row[Any]) -> Step:
    what = f"notice {notice.id}"
    rule = f" (route {notice.route_id})" if notice.route_id else ""
    act = "what was told of the post is brought up to date" if notice.act == "amend" else "it is told"
    place = f" in {notice.conversation}" if notice.conversation else ""
    match notice.state:
        case "dropped":
            return Step(
                what, NO, f"not told{place}: {reason_in_words(notice.reason)}{rule}", notice.finished_at
            )
        case "failed":
            return Step(
                what, NO, f"failed{place}: {reason_in_words(notice.reason)}{rule}", notice.finished_at
            )
        case "unknown":
            lost = f"it is unknown whether Slack took it{place}: {reason_in_words(notice.reason)}{rule}"
            return Step(what, NO, lost, notice.finished_at)
        case "sent":
            return Step(what, YES, f"{act}{place}{rule}", notice.finished_at)
    if notice.not_before and notice.not_before > facts.now:
        wait = _wait(notice.bundle)
        return Step(what, WAITS, f"{act}{place}{rule}, {wait}, not before", notice.not_before)
    return Step(what, WAITS, f"{act}{place}{rule}, and waits for its turn", notice.created_at)


def _wait(bundle: str | None) -> str:
    """Why a notice is not told at once, by the bundle that it belongs to."""
    kind = (bundle or "").partition(":")[0]
    return {
        DIGEST.rstrip(":"): "in a digest",
        "quiet": "after the person's quiet hours",
        "batch": "with the other parts of a mass act",
        "edits": "with further edits of the post",
        "amend": "with further edits of the post",
        "author": "with more of the same person",
    }.get(kind, "later")


def _match(facts: Facts) -> Step:
    """Who the person is in Slack."""
    team_id = facts.connection.team_id if facts.connection else None
    if facts.person and facts.person.team_id == team_id:
        return Step("match", YES, f"{facts.person.slack_user_id} in Slack, known by {facts.person.source}")
    if facts.stranger and facts.stranger.team_id == team_id:
        why = {
            "not_found": "nobody in the workspace has their e-mail address",
            "no_scope": "the app may not look for e-mail addresses (users:read.email)",
        }[facts.stranger.reason]
        return Step("match", NO, why, facts.stranger.looked_up_at)
    return Step("match", INFO, "who it is in Slack is looked up when it is told")


def _lane(facts: Facts, notice: Row[Any]) -> Step:
    ahead = f"; {notice.ahead} before it" if notice.ahead else ""
    if notice.trouble:
        doubt = ", and it is unknown whether Slack took the message" if notice.doubted_at else ""
        tried = f" after {notice.attempts} failed attempts" if notice.attempts else ""
        return Step(
            "lane", WAITS, f"trouble{tried}: {notice.trouble}{doubt}; next attempt{ahead}", notice.due_at
        )
    if notice.is_served:
        return Step("lane", WAITS, f"a worker serves it at this moment{ahead}")
    if notice.due_at is not None and notice.due_at > facts.now:
        return Step("lane", WAITS, f"its next message is due{ahead}", notice.due_at)
    return Step("lane", WAITS, f"due since then, waits for a worker{ahead}", notice.due_at)


def _message(notice: Row[Any]) -> Step:
    if notice.outcome == "sent":
        reply = f", under the message {notice.parent_ts}" if notice.parent_ts else ""
        return Step("message", YES, f"in {notice.channel}, ts {notice.ts}{reply}", notice.posted_at)
    words = "Slack did not take it" if notice.outcome == "failed" else "Slack's answer was lost"
    return Step("message", NO, f"{words}: {notice.message_trouble or 'no code'}", notice.posted_at)
