"""Posting one message, in the form that Slack takes, and judging the answer."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from pydantic import SecretStr

from cocoom_slack_plugin.errors import SlackError, SlackRefused
from cocoom_slack_plugin.notifications.claims import Fate
from cocoom_slack_plugin.notifications.digest import Told, compose_message, in_words
from cocoom_slack_plugin.notifications.doubts import doubted, fates_of
from cocoom_slack_plugin.notifications.verdict import Verdict, judge, sent
from cocoom_slack_plugin.slack import Message, Posted, SlackGateway
from cocoom_slack_plugin.slack_codes import FORM, NO_THREAD

log = logging.getLogger(__name__)


async def post(
    gateway: SlackGateway, token: SecretStr, target: str, carried: Sequence[Told], attempts: int
) -> tuple[Verdict, list[Fate]]:
    """Post one message. When Slack does not take a digest, its first notice is tried alone.

    ``attempts`` is how many have failed in a row before this one.
    """
    try:
        verdict, carried = await _try(gateway, token, target, carried)
    except SlackError as error:
        verdict = judge(error, attempts)
    if verdict.state == "failed" and len(carried) > 1:
        return await post(gateway, token, target, carried[:1], attempts)
    return doubted(verdict, carried) if verdict.in_doubt else (verdict, fates_of(carried, verdict))


async def _try(
    gateway: SlackGateway, token: SecretStr, target: str, carried: Sequence[Told]
) -> tuple[Verdict, Sequence[Told]]:
    """Post it, and once more in words alone when Slack does not take its form. Raises SlackError.

    Returns what the message carries: in words alone there may be room for less.
    """
    try:
        return sent(await _say(gateway, token, target, compose_message(carried), carried)), carried
    except SlackRefused as refused:
        if refused.code not in FORM:
            raise
        log.error("Slack does not take the form of a message: %s", refused)
        message, count = in_words(carried)
        posted = await _say(gateway, token, target, message, carried[:count])
        return sent(posted, refused.code), carried[:count]


async def _say(
    gateway: SlackGateway, token: SecretStr, target: str, message: Message, carried: Sequence[Told]
) -> Posted:
    """Under the message where it belongs, or by itself when that one is gone. Raises SlackError."""
    parent_ts, broadcast = carried[0].parent_ts, any(each.broadcast for each in carried)
    try:
        return await gateway.post(token, target, message, parent_ts, broadcast=broadcast)
    except SlackRefused as refused:
        if parent_ts is None or refused.code not in NO_THREAD:
            raise
        return await gateway.post(token, target, message)
