"""An event in words, and the parts of which such words are made."""

from __future__ import annotations

from dataclasses import dataclass

from cocoom_hooks.payloads import Event, PostEvent, User
from cocoom_slack_plugin.notifications.elements import Element, Line, bold, link, optional, plain, spoken
from cocoom_slack_plugin.notifications.rich_text import Quote
from cocoom_slack_plugin.notifications.wording import Wording
from cocoom_slack_plugin.translations import N_

TITLE_LIMIT, SUBTITLE_LIMIT, NAME_LIMIT, REASON_LIMIT, EXCERPT_LIMIT = 200, 300, 80, 300, 500
"""Characters that are shown of what users write."""


@dataclass(frozen=True, slots=True)
class Text:
    """An event in words, for a message that tells of it alone and for one that tells of others too.

    ``lines`` and the small ``aside`` under them are shown when it is alone, ``short`` among others. ``alone`` is what
    is read out of it alone, where that differs from ``short``.
    """

    lines: tuple[Line | Quote, ...]
    short: Line
    aside: Line = ()
    alone: Line = ()

    @property
    def sentence(self) -> str:
        """The full sentence for the notification line, as plain words: not escaped yet."""
        return spoken(self.alone or self.short)


@dataclass(frozen=True, slots=True)
class Manner:
    """How something is told: in whose words, to the person whom it concerns or to a channel, of how many times."""

    words: Wording
    personal: bool = True
    times: int = 1


def name(user: User) -> Element:
    return bold(user.display_name, NAME_LIMIT)


def title(event: PostEvent, url: str | None = None) -> Element:
    """The post's title as a link to it, or to this address."""
    return link(event.post.url if url is None else url, event.post.title, TITLE_LIMIT)


def title_alone(event: PostEvent) -> Element:
    """The title of a post to which nothing may lead any more."""
    return bold(event.post.title, TITLE_LIMIT)


def thread_name(event: PostEvent) -> Element:
    return plain(event.post.thread.name, NAME_LIMIT)


def thread_link(event: PostEvent) -> Element:
    return link(event.post.thread.url, f"#{event.post.thread.name}", NAME_LIMIT)


def in_thread(event: PostEvent, words: Wording) -> Line:
    return words.line(N_("In {thread}"), thread=thread_link(event))


def base_name(event: Event) -> Element:
    return plain(event.tenant.name, NAME_LIMIT)


def base_link(event: Event) -> Element:
    return link(event.tenant.url, event.tenant.name, NAME_LIMIT)


def reason_given(reason: str | None, words: Wording) -> Line:
    """The line with an administrator's reason; an empty one where none was given."""
    given = optional(reason, REASON_LIMIT)
    return words.line(N_("Reason: {reason}"), reason=given[0]) if given else ()
