"""What of a claimed lane is told next: what is dropped by rule, and which notices the next message may carry. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import takewhile

from cocoom_hooks.payloads import Event, PostEvent, Tenant
from cocoom_slack_plugin.errors import InvalidEvent
from cocoom_slack_plugin.notifications.claims import Fate, Waiting
from cocoom_slack_plugin.notifications.decision import PERSONAL, Act
from cocoom_slack_plugin.notifications.digest import Told
from cocoom_slack_plugin.notifications.events import load, load_post
from cocoom_slack_plugin.notifications.kinds import COMMENT_GONE, GONE
from cocoom_slack_plugin.notifications.whereabouts import CARDS, REMARKS


def as_of_now(waiting: Waiting) -> Told:
    """The notice with its post as it is now. Raises InvalidEvent for one that this version cannot read."""
    event = load(waiting.kind, waiting.payload)
    follows = waiting.kind in (*CARDS, *REMARKS)
    return Told(
        notice_id=waiting.notice_id,
        kind=waiting.kind,
        event=_up_to_date(event, waiting) if follows else event,
        locale=waiting.locale,
        on_doubt=waiting.on_doubt,
        personal=waiting.claim.conversation.startswith(PERSONAL),
        gone=follows and waiting.newer_kind in GONE | COMMENT_GONE,
        bundle=waiting.bundle,
        parent_ts=waiting.parent_ts,
        broadcast=waiting.broadcast,
    )


def sort(notices: Sequence[Waiting], may_tell: Callable[[Tenant], bool]) -> tuple[list[Fate], list[Told]]:
    """What is dropped by rule, and what is to be told before anything is amended."""
    dropped: list[Fate] = []
    told: list[Told] = []
    for each in takewhile(lambda each: each.act is notices[0].act, notices):
        try:
            found = as_of_now(each)
        except InvalidEvent:
            dropped.append(Fate(each.notice_id, "dropped", "unreadable"))
            continue
        if not may_tell(found.event.tenant):
            dropped.append(Fate(each.notice_id, "dropped", "switched_off"))
        elif found.gone:
            dropped.append(Fate(each.notice_id, "dropped", "withdrawn"))
        elif each.act is Act.TELL:
            told.append(found)
    return dropped, told


def together(told: Sequence[Told]) -> list[Told]:
    """The first ones, as far as they may stand in one message: of one bundle, under one message."""
    first = told[0]
    return list(
        takewhile(lambda each: (each.bundle, each.parent_ts) == (first.bundle, first.parent_ts), told)
    )


def _up_to_date(event: Event, waiting: Waiting) -> Event:
    if waiting.newer_post is None or not isinstance(event, PostEvent):
        return event
    return replace(event, post=load_post(waiting.newer_post))
