"""Deciding: what one event means for which conversations. Pure functions on values; nothing is read or sent here."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cocoom_hooks.payloads import CommentEvent, Event, PostEdited, PostEvent, Role, User, UserStatus
from cocoom_slack_plugin.notifications.events import (
    CONNECTION_TESTED,
    NOTICES_SUMMARISED,
    ConnectionTested,
    NoticesSummarised,
)
from cocoom_slack_plugin.notifications.kinds import COMMENTS, EDITS, IN_CHANNELS, TO_PEOPLE
from cocoom_slack_plugin.notifications.preferences import NOTHING_SAID, Preferences
from cocoom_slack_plugin.notifications.route import RESEND, Route, about, choose
from cocoom_slack_plugin.notifications.schedule import zone_of
from cocoom_slack_plugin.translations import best_locale

PERSONAL = "@"
"""A conversation that starts with this is the direct messages of the Cocoom user whose id follows."""

DIGEST, QUIET = "digest:", "quiet"
"""What the bundles of digests start with, and the bundle of what waits for the end of quiet hours."""
BATCH = "batch:"
"""A bundle that starts with this holds the parts of one import."""

GONE = frozenset(
    {
        "publication_unpublished",
        "publication_deleted",
        "publication_moderated",
        "share_deleted",
        "share_moderated",
    }
)
"""After these nobody can read the post any more."""
COMMENT_GONE = frozenset({"comment_deleted", "comment_moderated"})
CHANGING = GONE | COMMENT_GONE | {"publication_edited"}
"""After these what was told of a post is not true any more."""


class Act(enum.StrEnum):
    """What a notice asks for."""

    TELL = "tell"
    AMEND = "amend"
    """Bring what was told of the post up to date."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision depends on beside the event itself.

    ``routes`` are the tenant's, the oldest first; ``preferences`` of people by their user id; ``told`` are the
    conversations in which something about the event's post was told or waits to be; ``patience`` is how many seconds an
    edit waits for further ones, and a part of an import for the others.
    """

    now: datetime
    routes: Sequence[Route] = ()
    preferences: Mapping[str, Preferences] = field(default_factory=dict)
    told: Collection[str] = ()
    patience: float = 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """One notice to be: a conversation and a language, or the reason why an event is not told.

    It waits until ``not_before``; those of a lane with the same ``bundle`` are told together.
    """

    conversation: str | None
    locale: str
    dropped: str | None = None
    on_doubt: str = RESEND
    route: int | None = None
    act: Act = Act.TELL
    reply: bool = False
    broadcast: bool = False
    not_before: datetime | None = None
    bundle: str | None = None


def decide(kind: str, event: Event, given: Circumstances) -> list[Decision]:
    """The notices of one event: at least one, because an event that is told to nobody leaves a record too."""
    if rule := _OWN.get(kind):
        return [rule(event)]
    decided = [
        *to_channels(kind, event, given),
        *to_people(kind, event, given),
        *_amend(kind, event, given),
    ]
    return decided or [_dropped(event, "nobody_is_told")]


def to_channels(kind: str, event: Event, given: Circumstances) -> list[Decision]:
    """Posts and newcomers (cases N1 and N2), and where a route asks for them comments and edits."""
    subject = about(kind, event)
    if subject is None:
        return []
    chosen = choose(subject, given.routes)
    told = [_told(kind, event, route, given) for route in chosen.telling]
    muted = [replace(_dropped(event, "muted"), route=mute.number) for _, mute in chosen.muted]
    if told or muted or subject.kind in (COMMENTS, EDITS):
        return told + muted
    if mute := chosen.everywhere:
        # Somebody wants that nobody is told: that is no gap in the rules.
        return [replace(_dropped(event, "muted"), route=mute.number)]
    return [_dropped(event, "no_route")]


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
        return _waits(decision, given, given.patience, f"{BATCH}{event.batch}")
    if IN_CHANNELS[kind] == EDITS and isinstance(event, PostEvent):
        return _waits(decision, given, route.window or given.patience, f"edits:{event.post.id}")
    if route.window and event.actor:
        return _waits(decision, given, route.window, f"author:{event.actor.id}")
    return decision


def _waits(decision: Decision, given: Circumstances, seconds: float, bundle: str) -> Decision:
    """Told with what else comes within these seconds; at once when there are none."""
    if not seconds:
        return decision
    return replace(decision, not_before=given.now + timedelta(seconds=seconds), bundle=bundle)


def digest_of(slot: datetime) -> str:
    """The bundle of one digest. Those of other times in the same conversation are other digests."""
    return f"{DIGEST}{slot:%Y-%m-%dT%H:%MZ}"


def to_people(kind: str, event: Event, given: Circumstances) -> list[Decision]:
    """The personal cases N3 to N6: by direct message, never to a channel, and never about one's own act."""
    user = addressee(kind, event)
    if user is None:
        return []
    if isinstance(event, PostEdited) and not _by_an_administrator(event):
        return [_dropped(event, "not_by_an_administrator")]
    if event.actor is not None and event.actor.id == user.id:
        return [_dropped(event, "own_act")]
    if user.status is not UserStatus.ACTIVE:
        return [_dropped(event, "not_active")]
    subject = about(kind, event)
    if subject and (mute := choose(subject, given.routes).everywhere):
        return [replace(_dropped(event, "muted"), route=mute.number)]
    wanted = given.preferences.get(user.id, NOTHING_SAID)
    if TO_PEOPLE[kind] in wanted.off:
        return [_dropped(event, "not_wanted")]
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
        return _waits(decision, given, given.patience, f"edits:{event.post.id}")
    return decision


def _by_an_administrator(event: Event) -> bool:
    return event.actor is not None and event.actor.role is Role.ADMINISTRATOR


def _amend(kind: str, event: Event, given: Circumstances) -> list[Decision]:
    """What was told of a post follows what becomes of it, everywhere: edits after a while, all else at once."""
    if kind not in CHANGING or not isinstance(event, PostEvent):
        return []
    locale = best_locale(event.tenant.locale)
    decided = [Decision(each, locale, act=Act.AMEND) for each in given.told]
    if kind == "publication_edited":
        return [_waits(each, given, given.patience, f"amend:{event.post.id}") for each in decided]
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


def is_held_back(bundle: str | None) -> bool:
    """Whether this is a bundle of what is told at a time that somebody chose."""
    return bundle is not None and (bundle == QUIET or bundle.startswith(DIGEST))


def _dropped(event: Event, reason: str) -> Decision:
    return Decision(None, best_locale(event.tenant.locale), reason)


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
