"""The messages of one conversation, in order, with unique timestamps."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import replace

from demo.slack.world.message import Message


def as_microseconds(ts: str) -> int:
    """The number behind ``1503435956.000247``; raises ValueError for anything else."""
    seconds, dot, micros = ts.partition(".")
    if not (dot and len(micros) == 6 and seconds.isascii() and micros.isascii()):
        raise ValueError("not a message timestamp")
    return int(seconds) * 1_000_000 + int(micros)


_GONE = 1_000
"""Deleted messages remembered per conversation."""


class History:
    """Ordered by ``ts``. Threads are kept beside it so that a parent knows its replies.

    ``gone`` are deleted messages as they last were. Slack shows them to nobody; tests ask for them.
    """

    def __init__(self) -> None:
        self.count = 0
        self.gone: deque[Message] = deque(maxlen=_GONE)
        self._last = 0
        self._messages: OrderedDict[str, Message] = OrderedDict()
        self._replies: dict[str, list[str]] = {}

    def next_ts(self, now: float) -> str:
        """Monotonic and unique within the conversation, however fast messages come."""
        self._last = max(int(now * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def add(self, message: Message, kept: int) -> None:
        """Remember it, and forget the oldest beyond ``kept``; ``count`` goes on counting."""
        self._messages[message.ts] = message
        if message.thread_ts is not None and message.is_reply:
            self._replies.setdefault(message.thread_ts, []).append(message.ts)
        self.count += 1
        while len(self._messages) > kept:
            self._forget_oldest()

    def get(self, ts: str) -> Message | None:
        return self._messages.get(ts)

    def replies(self, parent_ts: str) -> list[Message]:
        return [self._messages[ts] for ts in self._replies.get(parent_ts, ()) if ts in self._messages]

    def delete(self, message: Message) -> None:
        """Remove it. A parent with replies leaves a tombstone, which goes with the last of them."""
        self.gone.append(replace(message, deleted=True))
        if self.replies(message.ts):
            message.deleted = True
            message.text, message.blocks, message.attachments = "This message was deleted.", [], []
            message.metadata = None
        else:
            del self._messages[message.ts]
        if message.is_reply and message.thread_ts:
            self._replies[message.thread_ts].remove(message.ts)
            self._end_thread(message.thread_ts)

    def _end_thread(self, parent_ts: str) -> None:
        """Without replies a parent is a message like any other, and a tombstone is nothing."""
        parent = self._messages.get(parent_ts)
        if parent is None or self.replies(parent_ts):
            return
        parent.thread_ts = None
        if parent.deleted:
            del self._messages[parent_ts]

    def clear(self) -> None:
        self._messages.clear()
        self._replies.clear()
        self.gone.clear()
        self.count = 0

    def _forget_oldest(self) -> None:
        oldest, _ = self._messages.popitem(last=False)
        self._replies.pop(oldest, None)

    def __iter__(self) -> Iterator[Message]:
        return iter(self._messages.values())

    def __len__(self) -> int:
        return len(self._messages)
