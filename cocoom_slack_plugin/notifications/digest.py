"""The digest: several notices of one lane as one message that still names each. Pure.

A conversation that is behind its pace gets one message instead of a flood (features.md row 58, slack.md D3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cocoom_hooks.payloads import Event
from cocoom_slack_plugin.notifications.render import NAME_LIMIT, Text, metadata, put_in_words, render
from cocoom_slack_plugin.notifications.rich_text import bold, bullets, clean, escaped, rich_text
from cocoom_slack_plugin.slack import Message
from cocoom_slack_plugin.translations import N_, translations

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
    used = 0
    for number, each in enumerate(told):
        text = put_in_words(each.kind, each.event, each.locale)
        used += sum(len(str(value)) for element in text.short for value in element.values())
        if used > LARGEST:
            return max(number, 1)
    return len(told)


def compose_message(told: Sequence[Told]) -> Message:
    """The message that tells of these events in their order; of a single one in full."""
    first = told[0]
    if len(told) == 1:
        return render(first.kind, first.event, first.locale)
    texts = [put_in_words(each.kind, each.event, each.locale) for each in told]
    title = _title(told)
    block = rich_text([bold(title)])
    block["elements"].append(bullets([text.short for text in texts]))
    return Message(_spoken(title, texts)[0], [block], metadata([each.event.event_id for each in told]))


def in_words(told: Sequence[Told]) -> tuple[Message, int]:
    """A message without blocks and metadata, for when Slack does not take these, and how many of these it tells of."""
    texts = [put_in_words(each.kind, each.event, each.locale) for each in told]
    if len(told) == 1:
        return Message(escaped(texts[0].sentence), ()), 1
    _, count = _spoken(_title(told), texts)
    words, count = _spoken(_title(told[:count]), texts[:count])
    return Message(words, ()), count


def _title(told: Sequence[Told]) -> str:
    head = translations(told[0].locale).gettext(N_("{count} notifications from {base}"))
    return head.format(count=len(told), base=clean(told[0].event.tenant.name, NAME_LIMIT))


def _spoken(title: str, texts: Sequence[Text]) -> tuple[str, int]:
    """The title and a line for each, as many as there is room for, and how many these are."""
    spoken = title
    for count, text in enumerate(texts):
        longer = f"{spoken}\n• {text.sentence}"
        if len(escaped(longer)) > LONGEST_TEXT:
            return escaped(f"{spoken}\n• …"), count
        spoken = longer
    return escaped(spoken), len(texts)
