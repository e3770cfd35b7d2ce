"""Which channels are told of one event: posts and newcomers, and where a route asks for them comments and edits."""

from __future__ import annotations

from dataclasses import replace

from cocoom_hooks.payloads import Event, PostEvent
from cocoom_slack_plugin.notifications.decision import (
    BATCH,
    Circumstances,
    Decision,
    digest_of,
    dropped,
    waits,
)
from cocoom_slack_plugin.notifications.kinds import COMMENTS, EDITS, IN_CHANNELS
from cocoom_slack_plugin.notifications.route import Route, about, choose
from cocoom_slack_plugin.notifications.schedule import zone_of
from cocoom_slack_plugin.translations import best_locale


def to_channels(kind: str, event: Event, given: Circumstances) -> list[Decision]:
    """Posts and newcomers (cases N1 and N2), and where a route asks for them comments and edits."""
    subject = about(kind, event)
    if subject is None:
        return []
    chosen = choose(subject, given.routes)
    told = [_told(kind, event, route, given) for route in chosen.telling]
    muted = [replace(dropped(event, "muted"), route=mute.number) for _, mute in chosen.muted]
    if told or muted or subject.kind in (COMMENTS, EDITS):
        return told + muted
    if mute := chosen.everywhere:
        # Somebody wants that nobody is told: that is no gap in the rules.
        return [replace(dropped(event, "muted"), route=mute.number)]
    return [dropped(event, "no_route")]


def _told(kind: str, event: Event, route: Route, given: Circumstances) -> Decision:
    under_post = route.replies and IN_CHANNELS[kind] in (COMMENTS, EDITS)
    decision = Decision(
        route.channel,
        best_locale(route.locale, event.tenant.locale),
        on_doubt=route.on_doubt,
        route=route.number,
        reply=under_post,
        broadcast=under_post and route.broadcast,
    )
    if route.digest:
        slot = route.digest.next_after(given.now, zone_of(route.timezone, event.tenant.timezone))
        return replace(decision, not_before=slot, bundle=digest_of(slot))
    if event.batch:
        return waits(decision, given, given.patience, f"{BATCH}{event.batch}")
    if IN_CHANNELS[kind] == EDITS and isinstance(event, PostEvent):
        return waits(decision, given, route.window or given.patience, f"edits:{event.post.id}")
    if route.window and event.actor:
        return waits(decision, given, route.window, f"author:{event.actor.id}")
    return decision
