"""The blocks and their limits (slack.md D2). A limit is looked up here and nowhere else."""

from __future__ import annotations

from typing import Any

from demo.slack.blocks.schema import (
    Check,
    anything,
    array,
    by_type,
    fields,
    flag,
    integer,
    one_of,
    problem,
    string,
    url,
)

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
ALL_TEXT = 13_200
"""Characters in all blocks together: measured by others, not documented (slack.md D2)."""
MARKDOWN = 12_000


def plain_text(most: int) -> Check:
    return by_type({"plain_text": fields({"text": string(most)}, {"emoji": flag})})


def any_text(most: int) -> Check:
    plain = fields({"text": string(most)}, {"emoji": flag})
    return by_type({"plain_text": plain, "mrkdwn": fields({"text": string(most)}, {"verbatim": flag})})


_BLOCK_ID = {"block_id": string(255)}
_ACTION_ID = {"action_id": string(255)}
_CONFIRM = fields(
    {"title": plain_text(100), "text": any_text(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": one_of("primary", "danger")},
)
_OPTION = fields(
    {"text": any_text(75), "value": string(150)}, {"description": any_text(75), "url": url(3000)}
)
_OPTIONS = {"options": array(_OPTION, 100)}
_BUTTON = fields(
    {"text": plain_text(75)},
    {
        **_ACTION_ID,
        "value": string(2000),
        "url": url(3000),
        "style": one_of("primary", "danger"),
        "confirm": _CONFIRM,
        "accessibility_label": string(75),
    },
)
_IMAGE_ELEMENT = fields({"image_url": url(3000), "alt_text": string(2000)})
_CHOICE = {**_ACTION_ID, "confirm": _CONFIRM, "focus_on_load": flag}
_SELECT = fields({}, {**_CHOICE, **_OPTIONS, "placeholder": plain_text(150), "initial_option": anything})
_PICKER = fields({}, {**_CHOICE, "placeholder": plain_text(150), "initial_option": anything})
_OVERFLOW = fields(_OPTIONS, {**_ACTION_ID, "confirm": _CONFIRM})
_TICKS = fields(_OPTIONS, {**_CHOICE, "initial_options": anything, "initial_option": anything})

_ELEMENTS: dict[str, Check] = {
    "button": _BUTTON,
    "overflow": _OVERFLOW,
    "static_select": _SELECT,
    "multi_static_select": _SELECT,
    "users_select": _PICKER,
    "conversations_select": _PICKER,
    "channels_select": _PICKER,
    "datepicker": _PICKER,
    "timepicker": _PICKER,
    "checkboxes": _TICKS,
    "radio_buttons": _TICKS,
}
_CONTEXT_ELEMENTS: dict[str, Check] = {
    "image": _IMAGE_ELEMENT,
    "plain_text": fields({"text": string(3000)}, {"emoji": flag}),
    "mrkdwn": fields({"text": string(3000)}, {"verbatim": flag}),
}

_SECTION_FIELDS = fields(
    {},
    {
        **_BLOCK_ID,
        "text": any_text(3000),
        "fields": array(any_text(2000), 10),
        "accessory": by_type({**_ELEMENTS, "image": _IMAGE_ELEMENT}),
        "expand": flag,
    },
)


def _section(value: Any, pointer: str, errors: list[str]) -> None:
    if "text" not in value and "fields" not in value:
        problem(errors, "missing required field: text", pointer)
    _SECTION_FIELDS(value, pointer, errors)


_STYLE = {"style": fields({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), flag))}
_INLINE: dict[str, Check] = {
    "text": fields({"text": string(3000)}, _STYLE),
    "link": fields({"url": url(3000)}, {**_STYLE, "text": string(3000), "unsafe": flag}),
    "emoji": fields({"name": string(255)}, {**_STYLE, "unicode": anything, "skin_tone": anything}),
    "user": fields({"user_id": string(255)}, _STYLE),
    "usergroup": fields({"usergroup_id": string(255)}, _STYLE),
    "channel": fields({"channel_id": string(255)}, _STYLE),
    "broadcast": fields({"range": one_of("here", "channel", "everyone")}, _STYLE),
    "date": fields(
        {"timestamp": integer, "format": string(255)},
        {**_STYLE, "url": url(3000), "fallback": string(255), "timezone": string(255)},
    ),
}
"""What may stand in a line of rich text (the parts that slack_sdk's RichTextElementParts knows)."""

_LINE = fields({"elements": array(by_type(_INLINE), 1000, least=0)}, {"border": anything})
_LIST = fields(
    {"elements": array(by_type({"rich_text_section": _LINE}), 1000), "style": one_of("bullet", "ordered")},
    {"indent": anything, "offset": anything, "border": anything},
)
_RICH: dict[str, Check] = {
    "rich_text_section": _LINE,
    "rich_text_quote": _LINE,
    "rich_text_preformatted": _LINE,
    "rich_text_list": _LIST,
}


BLOCKS: dict[str, Check] = {
    "section": _section,
    "header": fields({"text": plain_text(150)}, _BLOCK_ID),
    "divider": fields({}, _BLOCK_ID),
    "context": fields({"elements": array(by_type(_CONTEXT_ELEMENTS), 10)}, _BLOCK_ID),
    "actions": fields({"elements": array(by_type(_ELEMENTS), 25)}, _BLOCK_ID),
    "image": fields(
        {"image_url": url(3000), "alt_text": string(2000)}, {**_BLOCK_ID, "title": plain_text(2000)}
    ),
    "markdown": fields({"text": string(MARKDOWN)}, _BLOCK_ID),
    "rich_text": fields({"elements": array(by_type(_RICH), 1000)}, _BLOCK_ID),
}
