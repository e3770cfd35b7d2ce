"""Whom one event is told by direct message, and when they want to hear it."""

from __future__ import annotations

from dataclasses import replace

from cocoom_hooks.payloads import CommentEvent, Event, PostEdited, PostEvent, Role, User, UserStatus
from cocoom_slack_plugin.notifications.decision import (
    PERSONAL,
    QUIET,
    Circumstances,
    Decision,
    digest_of,
    dropped,
    waits,
)
from cocoom_slack_plugin.notifications.events import NoticesSummarised
from cocoom_slack_plugin.notifications.kinds import TO_PEOPLE
from cocoom_slack_plugin.notifications.preferences import NOTHING_SAID, Preferences
from cocoom_slack_plugin.notifications.route import about, choose
from cocoom_slack_plugin.notifications.schedule import zone_of
from cocoom_slack_plugin.translations import best_locale


def to_people(kind: str, event: Event, given: Circumstances) -> list[Decision]:
    """The personal cases N3 to N6: by direct message, never to a channel, and never about one's own act."""
    user = addressee(kind, event)
    if user is None:
        return []
    if isinstance(event, PostEdited) and not _by_an_administrator(event):
        return [dropped(event, "not_by_an_administrator")]
    if event.actor is not None and event.actor.id == user.id:
        return [dropped(event, "own_act")]
    if user.status is not UserStatus.ACTIVE:
        return [dropped(event, "not_active")]
    subject = about(kind, event)
    if subject and (mute := choose(subject, given.routes).everywhere):
        return [replace(dropped(event, "muted"), route=mute.number)]
    wanted = given.preferences.get(user.id, NOTHING_SAID)
    if TO_PEOPLE[kind] in wanted.off:
        return [dropped(event, "not_wanted")]
    decision = Decision(f"{PERSONAL}{user.id}", best_locale(user.locale, event.tenant.locale))
    return [_at_their_time(decision, kind, event, user, wanted, given)]


def _at_their_time(
    decision: Decision, kind: str, event: Event, user: User, wanted: Preferences, given: Circumstances
) -> Decision:
    """In the person's digest, after their quiet hours, or when no further edit comes."""
    zone = zone_of(wanted.timezone, user.timezone, event.tenant.timezone)
    slot = wanted.digest.next_after(given.now, zone) if wanted.digest else None
    quiet = wanted.quiet.end_after(slot or given.now, zone) if wanted.quiet else None
    if slot or quiet:
        due = quiet or slot
        return replace(decision, not_before=due, bundle=digest_of(due) if slot and due else QUIET)
    if isinstance(event, PostEdited):
        return waits(decision, given, given.patience, f"edits:{event.post.id}")
    return decision


def _by_an_administrator(event: Event) -> bool:
    return event.actor is not None and event.actor.role is Role.ADMINISTRATOR


def addressee(kind: str, event: Event) -> User | None:
    """The one user whom a personal case is about to be told to, None for the others."""
    match kind, event:
        case "comment_moderated", CommentEvent():
            return event.comment.author
        case (
            "comment_added" | "publication_edited" | "publication_moderated" | "share_moderated",
            PostEvent(),
        ):
            return event.post.author
        case _, NoticesSummarised():
            return event.addressee
        case _:
            return None
