"""Are these blocks valid? The answer comes in Slack's wording with JSON pointers (slack.md D2)."""

from __future__ import annotations

from typing import Any

from demo.slack.api.error import SlackError, with_messages
from demo.slack.blocks.kinds import ALL_TEXT, BLOCKS, MARKDOWN, MESSAGE_BLOCKS
from demo.slack.blocks.schema import array, by_type, problem

_CHECKS = {most: array(by_type(BLOCKS), most, least=0) for most in (50, 100)}


def check_blocks(blocks: Any, most: int = MESSAGE_BLOCKS, at: str = "/blocks") -> list[dict[str, Any]]:
    """The blocks, if Slack takes them; raises SlackError ``invalid_blocks`` or ``msg_blocks_too_long``."""
    errors: list[str] = []
    _CHECKS[most](blocks, at, errors)
    if not errors:
        _check_block_ids(blocks, at, errors)
    if not errors:
        _check_markdown(blocks, at, errors)
    if errors:
        raise with_messages("invalid_blocks", errors)
    if text_length(blocks) > ALL_TEXT:
        raise SlackError("msg_blocks_too_long")
    return list(blocks)


def _check_block_ids(blocks: list[dict[str, Any]], at: str, errors: list[str]) -> None:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id is not None and block_id in seen:
            problem(errors, f"block_id must be unique: {block_id}", f"{at}/{index}/block_id")
        elif block_id is not None:
            seen.add(block_id)


def _check_markdown(blocks: list[dict[str, Any]], at: str, errors: list[str]) -> None:
    """All markdown blocks of a message share one limit."""
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN:
        problem(errors, f"must be less than {MARKDOWN + 1} characters", at)


def text_length(part: Any) -> int:
    """Characters a reader sees, in whatever depth they sit."""
    if isinstance(part, list):
        return sum(map(text_length, part))
    if not isinstance(part, dict):
        return 0
    total = 0
    for name, value in part.items():
        if name == "text" and isinstance(value, str):
            total += len(value)
        elif isinstance(value, dict | list):
            total += text_length(value)
    return total
