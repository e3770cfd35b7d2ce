"""Deciding: what one event means for which conversations. Pure functions on values; nothing is read or sent here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cocoom_hooks.payloads import (
    CollaboratorEvent,
    CommentEvent,
    Event,
    PostEdited,
    PostEvent,
    Role,
    User,
    UserStatus,
)
from cocoom_slack_plugin.notifications.events import (
    CONNECTION_TESTED,
    NOTICES_SUMMARISED,
    ConnectionTested,
    NoticesSummarised,
)
from cocoom_slack_plugin.translations import best_locale

POSTS, NEWCOMERS = "posts", "newcomers"
RESEND, GIVE_UP = "resend", "give_up"
"""What is done when it is unknown whether Slack took a message."""
PERSONAL = "@"
"""A conversation that starts with this is the direct messages of the Cocoom user whose id follows."""


@dataclass(frozen=True, slots=True)
class Route:
    """A rule: posts (of one thread, or of those that no route names) or newcomers go to this channel."""

    subject: str
    channel: str
    thread_id: str | None = None
    locale: str | None = None
    on_doubt: str = RESEND


@dataclass(frozen=True, slots=True)
class Decision:
    """One notice to be: a conversation and a language, or the reason why an event is told to nobody."""

    conversation: str | None
    locale: str
    dropped: str | None = None
    on_doubt: str = RESEND


def decide(kind: str, event: Event, routes: Sequence[Route]) -> list[Decision]:
    """The notices of one event: at least one, because an event that is told to nobody leaves a record too."""
    return _RULES.get(kind, _nobody)(event, routes)


def _post_published(event: Event, routes: Sequence[Route]) -> list[Decision]:
    """Case N1: the channels mapped to the post's thread, else the default channels, else nowhere."""
    assert isinstance(event, PostEvent)
    posts = [route for route in routes if route.subject == POSTS]
    mapped = [route for route in posts if route.thread_id == event.post.thread.id]
    return _to_channels(event, mapped or [route for route in posts if route.thread_id is None])


def _collaborator_joined(event: Event, routes: Sequence[Route]) -> list[Decision]:
    """Case N2: the channels chosen for newcomers."""
    assert isinstance(event, CollaboratorEvent)
    return _to_channels(event, [route for route in routes if route.subject == NEWCOMERS])


def _comment_added(event: Event, _: Sequence[Route]) -> list[Decision]:
    """Case N3: the post's author."""
    assert isinstance(event, CommentEvent)
    return _to_person(event, event.post.author)


def _comment_moderated(event: Event, _: Sequence[Route]) -> list[Decision]:
    """Case N4: the comment's author."""
    assert isinstance(event, CommentEvent)
    return _to_person(event, event.comment.author)


def _publication_edited(event: Event, _: Sequence[Route]) -> list[Decision]:
    """Case N5: the post's author, when an administrator did it."""
    assert isinstance(event, PostEdited)
    if event.actor is None or event.actor.role is not Role.ADMINISTRATOR:
        return [_dropped(event, "not_by_an_administrator")]
    return _to_person(event, event.post.author)


def _post_moderated(event: Event, _: Sequence[Route]) -> list[Decision]:
    """Case N6: the post's author."""
    assert isinstance(event, PostEvent)
    return _to_person(event, event.post.author)


def _connection_tested(event: Event, _: Sequence[Route]) -> list[Decision]:
    assert isinstance(event, ConnectionTested)
    return [Decision(event.channel, best_locale(event.tenant.locale))]


def _notices_summarised(event: Event, _: Sequence[Route]) -> list[Decision]:
    assert isinstance(event, NoticesSummarised)
    return [Decision(event.conversation, best_locale(event.locale, event.tenant.locale))]


def _nobody(event: Event, _: Sequence[Route]) -> list[Decision]:
    return [_dropped(event, "nobody_is_told")]


def _to_channels(event: Event, routes: Iterable[Route]) -> list[Decision]:
    chosen = {
        route.channel: Decision(
            route.channel, best_locale(route.locale, event.tenant.locale), on_doubt=route.on_doubt
        )
        for route in routes
    }
    return list(chosen.values()) or [_dropped(event, "no_route")]


def _to_person(event: Event, user: User) -> list[Decision]:
    """A personal case: by direct message, never to a channel, and never about one's own act."""
    if event.actor is not None and event.actor.id == user.id:
        return [_dropped(event, "own_act")]
    if user.status is not UserStatus.ACTIVE:
        return [_dropped(event, "not_active")]
    return [Decision(f"{PERSONAL}{user.id}", best_locale(user.locale, event.tenant.locale))]


def _dropped(event: Event, reason: str) -> Decision:
    return Decision(None, best_locale(event.tenant.locale), reason)


_RULES: dict[str, Callable[[Event, Sequence[Route]], list[Decision]]] = {
    "publication_published": _post_published,
    "share_published": _post_published,
    "collaborator_joined": _collaborator_joined,
    "comment_added": _comment_added,
    "comment_moderated": _comment_moderated,
    "publication_edited": _publication_edited,
    "publication_moderated": _post_moderated,
    "share_moderated": _post_moderated,
    CONNECTION_TESTED: _connection_tested,
    NOTICES_SUMMARISED: _notices_summarised,
}


TOLD_OR_TESTED = frozenset(_RULES)
"""The kinds that make messages. Tests hold the renderers against them."""


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
