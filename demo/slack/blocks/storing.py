"""Valid blocks as Slack stores and returns them: ids filled in, text parsed (slack.md D1, D8)."""

from __future__ import annotations

from typing import Any

from demo.slack.blocks.written import escaped, parsed
from demo.slack.world.ids import new_block_id
from demo.slack.world.team import Team


def stored_blocks(blocks: list[dict[str, Any]], team: Team) -> list[dict[str, Any]]:
    """Changes the blocks in place (they came fresh out of JSON) and returns them."""
    for block in blocks:
        block.setdefault("block_id", new_block_id())
        if block["type"] not in ("markdown", "rich_text"):
            _store_texts(block, team)
    return blocks


def _store_texts(part: dict[str, Any], team: Team) -> None:
    kind = part.get("type")
    if kind == "plain_text":
        part["text"] = escaped(part["text"])
        part.setdefault("emoji", True)
    elif kind == "mrkdwn":
        live = not part.setdefault("verbatim", False)
        part["text"] = parsed(part["text"], team, links=live, names=live)
    else:
        for value in part.values():
            if isinstance(value, dict):
                _store_texts(value, team)
            elif isinstance(value, list):
                for item in value:
                    if isinstance(item, dict):
                        _store_texts(item, team)
