"""Deciding: what one event means for which conversations. Pure functions on values; nothing is read or sent here."""

from __future__ import annotations

from collections.abc import Callable

from cocoom_hooks.payloads import Event, PostEvent
from cocoom_slack_plugin.notifications.decision import Act, Circumstances, Decision, dropped, waits
from cocoom_slack_plugin.notifications.events import (
    CONNECTION_TESTED,
    NOTICES_SUMMARISED,
    ConnectionTested,
    NoticesSummarised,
)
from cocoom_slack_plugin.notifications.kinds import CHANGING, IN_CHANNELS, TO_PEOPLE
from cocoom_slack_plugin.notifications.to_channels import to_channels
from cocoom_slack_plugin.notifications.to_people import to_people
from cocoom_slack_plugin.translations import best_locale


def decide(kind: str, event: Event, given: Circumstances) -> list[Decision]:
    """The notices of one event: at least one, because an event that is told to nobody leaves a record too."""
    if rule := _OWN.get(kind):
        return [rule(event)]
    decided = [
        *to_channels(kind, event, given),
        *to_people(kind, event, given),
        *_amend(kind, event, given),
    ]
    return decided or [dropped(event, "nobody_is_told")]


def _amend(kind: str, event: Event, given: Circumstances) -> list[Decision]:
    """What was told of a post follows what becomes of it, everywhere: edits after a while, all else at once."""
    if kind not in CHANGING or not isinstance(event, PostEvent):
        return []
    locale = best_locale(event.tenant.locale)
    decided = [Decision(each, locale, act=Act.AMEND) for each in given.told]
    if kind == "publication_edited":
        return [waits(each, given, given.patience, f"amend:{event.post.id}") for each in decided]
    return decided


def _connection_tested(event: Event) -> Decision:
    assert isinstance(event, ConnectionTested)
    return Decision(event.channel, best_locale(event.tenant.locale))


def _notices_summarised(event: Event) -> Decision:
    assert isinstance(event, NoticesSummarised)
    return Decision(event.conversation, best_locale(event.locale, event.tenant.locale))


_OWN: dict[str, Callable[[Event], Decision]] = {
    CONNECTION_TESTED: _connection_tested,
    NOTICES_SUMMARISED: _notices_summarised,
}

TOLD_OR_TESTED = frozenset({*IN_CHANNELS, *TO_PEOPLE, *_OWN})
"""The kinds that make messages. Tests hold the renderers against them."""
