"""A route as a value: which events it means, and how they are told. Pure."""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from cocoom_hooks.payloads import CollaboratorEvent, CommentEvent, Event, PostEvent
from cocoom_slack_plugin.notifications import time_zones
from cocoom_slack_plugin.notifications.kinds import (
    CHANNEL_WORDS,
    COMMENTS,
    EDITS,
    IN_CHANNELS,
    NEWCOMERS,
    PUBLICATIONS,
    SHARES,
)
from cocoom_slack_plugin.notifications.schedule import Schedule
from cocoom_slack_plugin.translations import LOCALES

RESEND, GIVE_UP = "resend", "give_up"
"""What is done when it is unknown whether Slack took a message."""

POSTS = frozenset({PUBLICATIONS, SHARES})
LONGEST_WINDOW = 3600
NOTHING: frozenset[str] = frozenset()


class Effect(enum.StrEnum):
    """What a route does with the events that it means."""

    TELL = "tell"
    DEFAULT = "default"
    """Tell what no other route tells."""
    MUTE = "mute"
    """Never tell, whatever other routes say: in its channel, or without one everywhere."""


@dataclass(frozen=True, slots=True)
class About:
    """What routes look at in an event. ``author`` is whose post, comment or edit it is, or who has joined."""

    kind: str
    author: str | None
    thread: str | None = None
    tags: frozenset[str] = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A rule: these events go to this channel, in this language, in this mode. An empty condition means any.

    ``window`` is in seconds; ``timezone`` is for the hours of ``digest``, the tenant's where it is None; ``number`` is
    None before the route is stored.
    """

    channel: str | None
    kinds: frozenset[str] = POSTS
    effect: Effect = Effect.TELL
    threads: frozenset[str] = NOTHING
    not_threads: frozenset[str] = NOTHING
    tags: frozenset[str] = NOTHING
    not_tags: frozenset[str] = NOTHING
    authors: frozenset[str] = NOTHING
    not_authors: frozenset[str] = NOTHING
    locale: str | None = None
    on_doubt: str = RESEND
    replies: bool = True
    broadcast: bool = False
    window: int = 0
    digest: Schedule | None = None
    timezone: str | None = None
    number: int | None = field(default=None, compare=False)

    def mismatch(self, about: About) -> str | None:
        """The first condition that the event does not meet, None for one that this route means."""
        if about.kind not in self.kinds:
            return "kind"
        if self.threads and about.thread not in self.threads:
            return "thread"
        if about.thread in self.not_threads:
            return "not_thread"
        if self.tags and self.tags.isdisjoint(about.tags):
            return "tag"
        if not self.not_tags.isdisjoint(about.tags):
            return "not_tag"
        if self.authors and about.author not in self.authors:
            return "author"
        if about.author in self.not_authors:
            return "not_author"
        return None

    @property
    def meaning(self) -> tuple[object, ...]:
        """What makes it this route and no other: two of the same meaning would contradict each other."""
        conditions = (
            self.threads,
            self.not_threads,
            self.tags,
            self.not_tags,
            self.authors,
            self.not_authors,
        )
        return self.effect, self.channel, self.kinds, *conditions


def tag_key(tag: str) -> str:
    """Tags are compared without regard to case."""
    return tag.strip().casefold()


def about(kind: str, event: Event) -> About | None:
    """What routes look at in this event; None for one that no channel is ever told of."""
    word = IN_CHANNELS.get(kind)
    if word is None:
        return None
    if isinstance(event, CollaboratorEvent):
        return About(word, event.collaborator.id)
    assert isinstance(event, PostEvent)
    author: str | None = event.post.author.id
    if isinstance(event, CommentEvent):
        author = event.comment.author.id
    elif word == EDITS:
        author = event.actor.id if event.actor else None
    return About(word, author, event.post.thread.id, frozenset(map(tag_key, event.post.tags)))


@dataclass(frozen=True, slots=True)
class Chosen:
    """Routes that tell an event, one for each channel; ``muted`` are those that another one silences, with that one."""

    telling: tuple[Route, ...]
    muted: tuple[tuple[Route, Route], ...]
    everywhere: Route | None
    """The route that mutes this event in all channels and direct messages."""


def choose(about: About, routes: Iterable[Route]) -> Chosen:
    """Which routes tell this. A mute always wins; the default ones are asked when no other one means it; of several for
    one channel the oldest tells it."""
    matching = [each for each in routes if each.mismatch(about) is None]
    mutes = {each.channel: each for each in matching if each.effect is Effect.MUTE}
    wanted = [each for each in matching if each.effect is Effect.TELL]
    wanted = wanted or [each for each in matching if each.effect is Effect.DEFAULT]
    by_channel: dict[str | None, Route] = {}
    for each in wanted:
        by_channel.setdefault(each.channel, each)
    everywhere = mutes.get(None)
    muted = [
        (each, everywhere or mutes[channel])
        for channel, each in by_channel.items()
        if everywhere or channel in mutes
    ]
    silenced = {each.channel for each, _ in muted}
    telling = tuple(each for channel, each in by_channel.items() if channel not in silenced)
    return Chosen(telling, tuple(muted), everywhere)


def flaws(route: Route) -> list[str]:
    """What is wrong with a route, each in a sentence that says what to do; empty for one that can be stored."""
    told = route.effect is not Effect.MUTE
    replies = route.kinds & {COMMENTS, EDITS}
    conditions = route.threads | route.not_threads | route.tags | route.not_tags
    mode = route.locale or route.broadcast or route.window or route.digest
    found = {
        "at least one kind is needed": not route.kinds,
        f"there is no kind {', '.join(sorted(route.kinds - set(CHANNEL_WORDS)))}; "
        f"the kinds are {', '.join(CHANNEL_WORDS)}": not route.kinds <= set(CHANNEL_WORDS),
        "only a mute can do without a channel": told and route.channel is None,
        "newcomers have no thread and no tag: leave those conditions out": NEWCOMERS in route.kinds
        and bool(conditions),
        "a mute tells nothing: leave out language, broadcast, window and digest": not told and bool(mode),
        "only comments and edits are told as replies: broadcast needs one of these kinds": told
        and route.broadcast
        and not (route.replies and replies),
        "a digest has its own times: leave out the window or the digest": bool(route.window and route.digest),
        f"the window is 0 to {LONGEST_WINDOW} seconds": not 0 <= route.window <= LONGEST_WINDOW,
        f"there is no time zone {route.timezone}; an example is Europe/Paris": route.timezone is not None
        and route.timezone not in time_zones.known(),
        "the digest's hour is 0 to 23": bool(route.digest and not 0 <= route.digest.hour <= 23),
        "the digest's weekday is 0 (Monday) to 6": bool(route.digest and not 0 <= route.digest.weekday <= 6),
        f"there are texts in {', '.join(LOCALES)} only": route.locale not in (None, *LOCALES),
        "the names of threads, tags and people are not empty and hold no control characters": any(
            _is_no_name(each) for each in (*conditions, *route.authors, *route.not_authors)
        ),
        "what is both wanted and excluded is never told: " + ", ".join(sorted(_contradictions(route))): bool(
            _contradictions(route)
        ),
    }
    return [sentence for sentence, is_wrong in found.items() if is_wrong]


def _is_no_name(word: str) -> bool:
    # The database takes no NUL and no lone surrogate.
    return not word.strip() or any(unicodedata.category(char) in ("Cc", "Cs") for char in word)


def _contradictions(route: Route) -> frozenset[str]:
    return (
        (route.threads & route.not_threads)
        | (route.tags & route.not_tags)
        | (route.authors & route.not_authors)
    )
