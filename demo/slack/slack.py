"""The whole state of this Slack in one object."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from demo.slack.clock import Clock
from demo.slack.faults import Faults
from demo.slack.rate_limits import RateLimits
from demo.slack.recorder import Recorder
from demo.slack.signin.approvals import Approvals
from demo.slack.signin.codes import Codes
from demo.slack.signin.keys import SigningKeys
from demo.slack.signin.knobs import IdTokenKnobs
from demo.slack.world.world import World


class LostThread(StrEnum):
    """What a reply meets whose ``thread_ts`` is a reply, a tombstone or nothing: UNCONFIRMED (slack.md D5)."""

    CANNOT_REPLY = "cannot_reply_to_message"
    NOT_FOUND = "message_not_found"
    TOP_LEVEL = "top_level"
    """Posted without a word as a message of the channel."""


@dataclass
class Settings:
    """Switches that are neither limits nor faults."""

    latency_ms: float = 0.0
    """Added to every API answer."""
    cursor_lifetime: float = 600.0
    """Seconds; cursors expire and must not be stored (slack.md E2)."""
    limit_required_above: int = 5_000
    """Members from which users.list insists on a ``limit``."""
    messages_kept: int = 2_000
    """Remembered per conversation, so that a long benchmark keeps its memory flat."""
    metadata_bytes: int = 8_000
    """``metadata_too_large`` exists, its value is unpublished (slack.md D2)."""
    lost_thread: LostThread = LostThread.CANNOT_REPLY
    edit_window: float | None = None
    """Seconds after which a message can no longer be edited (``edit_window_closed``); None: for ever."""
    remember_sign_ins: bool = False
    """Skip consent for somebody signed in who agreed before, as Slack does (slack.md A2). Off by default, so
    that a reader of the demonstration may change person."""

    def __post_init__(self) -> None:
        """Raises ValueError for an answer that Slack has not."""
        self.lost_thread = LostThread(self.lost_thread)


@dataclass
class Slack:
    """One pretended Slack. The server owns it: change it from its own thread, or through the control API."""

    settings: Settings = field(default_factory=Settings)
    clock: Clock = field(default_factory=Clock)
    world: World = field(default_factory=World)
    keys: SigningKeys = field(default_factory=SigningKeys)
    knobs: IdTokenKnobs = field(default_factory=IdTokenKnobs)
    approvals: Approvals = field(default_factory=Approvals)
    faults: Faults = field(default_factory=Faults)
    recorder: Recorder = field(default_factory=Recorder)
    url: str = ""
    """Where we are served; also the issuer of id_tokens."""
    codes: Codes = field(init=False)
    rate_limits: RateLimits = field(init=False)

    def __post_init__(self) -> None:
        self.codes = Codes(self.clock)
        self.rate_limits = RateLimits(self.clock)
