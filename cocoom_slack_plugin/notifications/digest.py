"""The digest: several notices of one lane as one message that still names each. Pure.

A conversation that is behind its pace gets one message instead of a flood (features.md row 58, slack.md D3), and one
that wants its news at certain hours gets them together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cocoom_hooks.payloads import Event, PostEvent
from cocoom_slack_plugin.notifications.decision import is_held_back
from cocoom_slack_plugin.notifications.elements import Line, size, spoken, strong
from cocoom_slack_plugin.notifications.render import message, metadata, put_in_words
from cocoom_slack_plugin.notifications.rich_text import escaped, rich_text
from cocoom_slack_plugin.notifications.text import Text, base_name
from cocoom_slack_plugin.notifications.wording import wording
from cocoom_slack_plugin.slack import Message
from cocoom_slack_plugin.translations import N_, P_

LARGEST = 11_000
"""Characters of a digest with its addresses. Slack takes about 13,200 in all blocks of a message (slack.md D2)."""
LONGEST_TEXT = 3_800
"""Characters of the fallback text; Slack advises 4,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notice that is to be told, with its event.

    ``personal``: to the person whom it is about; ``gone``: what it tells of can be read no more. Those of one message
    have the same ``bundle`` and stand under the same ``parent_ts``.
    """

    notice_id: int
    kind: str
    event: Event
    locale: str
    on_doubt: str = "resend"
    personal: bool = True
    gone: bool = False
    bundle: str | None = None
    parent_ts: str | None = None
    broadcast: bool = False


def how_many(told: Sequence[Told], credit: int) -> int:
    """How many of what waits the next message carries: one while the pace allows to tell each by itself, and all that
    belong together.

    ``credit`` is how many messages the conversation may get at once. Never more than fit into one message.
    """
    if told[0].bundle is None and len(told) <= max(credit, 1):
        return 1
    sizes: dict[object, int] = {}
    for number, each in enumerate(told):
        sizes[_act(each)] = size(_text(each, len(told)).short)
        if sum(sizes.values()) > LARGEST:
            return max(number, 1)
    return len(told)


def compose_message(told: Sequence[Told]) -> Message:
    """The message that tells of these events in their order; of a single one in full."""
    texts, keys = _merged(told), [each.event.event_id for each in told]
    if len(texts) == 1:
        return message(texts[0], keys)
    head = _head(told, len(texts))
    block = rich_text((strong(head[0]),), *head[1:], bullets=[text.short for text in texts])
    return Message(_spoken(head, texts)[0], [block], metadata(keys))


def in_words(told: Sequence[Told]) -> tuple[Message, int]:
    """A message without blocks and metadata, for when Slack does not take these, and how many of these it tells of."""
    count = len(told)
    while True:
        texts = _merged(told[:count])
        if len(texts) == 1:
            return Message(escaped(texts[0].sentence), ()), count
        words, fit = _spoken(_head(told, len(texts)), texts)
        if fit == len(texts):
            return Message(words, ()), count
        count -= 1


def _act(told: Told) -> object:
    """The same for the edits that one line tells of: those of one post by one person."""
    if told.kind != "publication_edited" or told.gone or not isinstance(told.event, PostEvent):
        return told.notice_id
    actor = told.event.actor
    return (told.event.post.id, actor and actor.id, told.locale, told.personal)


def _merged(told: Sequence[Told]) -> list[Text]:
    """A text for each act, in the order of the last that it stands for."""
    acts: dict[object, list[Told]] = {}
    for each in told:
        act = _act(each)
        acts[act] = [*acts.pop(act, ()), each]
    return [_text(same[-1], len(same)) for same in acts.values()]


def _text(told: Told, times: int) -> Text:
    return put_in_words(
        told.kind, told.event, told.locale, personal=told.personal, gone=told.gone, times=times
    )


def _head(told: Sequence[Told], count: int) -> list[Line]:
    """How many from where; of what was held back for its time, since when."""
    words, event = wording(told[0].locale), told[0].event
    title = P_("{count} notification from {base}", "{count} notifications from {base}")
    head = [words.counted(title, count, base=base_name(event))]
    if is_held_back(told[0].bundle):
        since = min(each.event.occurred_at for each in told)
        head.append(words.line(N_("Since {date}"), date=words.date(since, event.tenant.timezone)))
    return head


def _spoken(head: Sequence[Line], texts: Sequence[Text]) -> tuple[str, int]:
    """The head and a line for each, as many as there is room for, and how many these are."""
    said = "\n".join(map(spoken, head))
    for count, text in enumerate(texts):
        longer = f"{said}\n• {spoken(text.short)}"
        if len(escaped(longer)) > LONGEST_TEXT:
            return escaped(f"{said}\n• …"), count
        said = longer
    return escaped(said), len(texts)
