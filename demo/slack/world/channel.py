"""A conversation: public or private channel, or direct message (slack.md E2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from demo.slack.world.history import History
from demo.slack.world.message import ScheduledMessage


class Posting(StrEnum):
    """Who may write. The last three are Slack's ``restricted_action_*`` family (slack.md D4 class 4)."""

    ANYONE = "anyone"
    READ_ONLY = "read_only"
    THREAD_ONLY = "thread_only"
    NON_THREADABLE = "non_threadable"


@dataclass(slots=True)
class Channel:
    id: str
    team_id: str
    name: str
    is_private: bool = False
    is_archived: bool = False
    is_general: bool = False
    is_im: bool = False
    posting: Posting = Posting.ANYONE
    members: set[str] = field(default_factory=set)
    """User ids, the bots' own among them."""
    user: str = ""
    """The person on the other side of a direct message."""
    creator: str = ""
    created: int = 0
    topic: str = ""
    purpose: str = ""
    history: History = field(default_factory=History)
    scheduled: dict[str, ScheduledMessage] = field(default_factory=dict)

    def visible_to(self, user_id: str) -> bool:
        """A private conversation does not exist for somebody who is not in it (slack.md E2)."""
        return not (self.is_private or self.is_im) or user_id in self.members
