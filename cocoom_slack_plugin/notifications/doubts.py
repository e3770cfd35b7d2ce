"""Doubt: it is unknown whether Slack took a message, because its answer or the worker was lost (slack.md D6).

With the optional history scope of the conversation's kind we look before sending another one. Without it the notice's
policy decides: ``resend``, which may double the message, or ``give_up``, which may lose it and says so: unknown.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pydantic import SecretStr

from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.errors import SlackRateLimited, SlackRefused
from cocoom_slack_plugin.notifications.claims import Claim, Fate
from cocoom_slack_plugin.notifications.digest import Told
from cocoom_slack_plugin.notifications.render import event_ids
from cocoom_slack_plugin.notifications.verdict import RETRY_SECONDS, Verdict, sent
from cocoom_slack_plugin.slack import Posted, SlackGateway
from cocoom_slack_plugin.slack_scopes import Scope

log = logging.getLogger(__name__)

SCOPES = {
    "C": {Scope.CHANNELS_HISTORY, Scope.GROUPS_HISTORY},  # a private channel's id may start with C too
    "G": {Scope.GROUPS_HISTORY},
    "D": {Scope.IM_HISTORY},
}
GIVE_UP = "give_up"
BEFORE_SECONDS = 330.0
"""How far before the doubt the message may have been posted: the longest lease, and clocks that differ."""


async def already_posted(
    gateway: SlackGateway,
    token: SecretStr,
    connection: Connection,
    claim: Claim,
    place: str | None,
    parent_ts: str | None = None,
) -> Mapping[str, Posted] | None:
    """The events that Slack has shown in ``place`` (or under ``parent_ts`` there) since the doubt, by id; None when we
    may not or cannot look.

    Raises SlackError when Slack cannot be asked just now.
    """
    if claim.doubted_at is None or place is None:
        return None
    if not SCOPES.get(place[:1], set()) & set(connection.scopes):
        return None
    since = claim.doubted_at.timestamp() - BEFORE_SECONDS
    try:
        shown, complete = await gateway.history(token, place, since, parent_ts=parent_ts)
    except SlackRateLimited:
        # Of this method alone (slack.md E4): posting is not what was limited.
        return None
    except SlackRefused as refused:
        log.info("history of %s cannot be read: %s", place, refused.code)
        return None
    found = {event_id: item.posted for item in shown for event_id in event_ids(item.metadata)}
    # What is not among the newest of many is not proved to be absent.
    return found if found or complete else None


def settle(
    told: Sequence[Told], doubt_upto: int | None, shown: Mapping[str, Posted] | None
) -> tuple[Verdict, list[Fate]] | None:
    """What a doubt from an earlier attempt comes to, None when the notices are simply to be posted.

    ``doubt_upto`` is the last notice of the message in doubt, where it held one that must not be doubled.
    """
    if shown is not None:
        arrived = [each for each in told if each.event.event_id in shown]
        if not arrived:
            return None
        verdict = replace(sent(shown[arrived[-1].event.event_id]), called=False)
        return verdict, fates_of(arrived, verdict)
    given_up = [each for each in told if each.on_doubt == GIVE_UP and each.notice_id <= (doubt_upto or 0)]
    if not given_up:
        return None
    return Verdict(state="unknown"), [Fate(each.notice_id, "unknown", "answer_lost") for each in given_up]


def doubted(verdict: Verdict, carried: Sequence[Told]) -> tuple[Verdict, list[Fate]]:
    """Each notice's fate after an attempt whose answer was lost: those that are not to be doubled are given up."""
    fates = [
        Fate(
            each.notice_id,
            "unknown" if each.on_doubt == GIVE_UP else verdict.state,
            verdict.code if each.on_doubt == GIVE_UP or verdict.state else None,
            carried=True,
        )
        for each in carried
    ]
    if verdict.state is None and all(each.state for each in fates):
        # Nobody goes on doubting: what comes next in this lane is a first attempt.
        verdict = replace(verdict, state="unknown", counts=False, pause=RETRY_SECONDS[0])
    return verdict, fates


def fates_of(carried: Sequence[Told], verdict: Verdict) -> list[Fate]:
    """The fate that all notices of a message share."""
    reason = None if verdict.state == "sent" else verdict.code
    return [
        Fate(each.notice_id, verdict.state, reason, carried=verdict.message is not None) for each in carried
    ]
