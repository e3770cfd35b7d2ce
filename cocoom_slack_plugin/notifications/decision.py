"""What is decided of one event for one conversation, as a value, and what decisions depend on."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from cocoom_hooks.payloads import Event
from cocoom_slack_plugin.notifications.preferences import Preferences
from cocoom_slack_plugin.notifications.route import RESEND, Route
from cocoom_slack_plugin.translations import best_locale

PERSONAL = "@"
"""A conversation that starts with this is the direct messages of the Cocoom user whose id follows."""

DIGEST, QUIET = "digest:", "quiet"
"""What the bundles of digests start with, and the bundle of what waits for the end of quiet hours."""
BATCH = "batch:"
"""A bundle that starts with this holds the parts of one import."""


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


def dropped(event: Event, reason: str) -> Decision:
    """Not told, for this reason; a record of it is left."""
    return Decision(None, best_locale(event.tenant.locale), reason)


def waits(decision: Decision, given: Circumstances, seconds: float, bundle: str) -> Decision:
    """Told with what else comes within these seconds; at once when there are none."""
    if not seconds:
        return decision
    return replace(decision, not_before=given.now + timedelta(seconds=seconds), bundle=bundle)


def digest_of(slot: datetime) -> str:
    """The bundle of one digest. Those of other times in the same conversation are other digests."""
    return f"{DIGEST}{slot:%Y-%m-%dT%H:%MZ}"


def is_held_back(bundle: str | None) -> bool:
    """Whether this is a bundle of what is told at a time that somebody chose."""
    return bundle is not None and (bundle == QUIET or bundle.startswith(DIGEST))
