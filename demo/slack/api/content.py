"""What a message says: text, blocks, attachments, metadata, checked as Slack does (slack.md D1, D2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from demo.slack.api.call import Call
from demo.slack.api.error import SlackError
from demo.slack.blocks.kinds import MARKDOWN
from demo.slack.blocks.storing import stored_blocks
from demo.slack.blocks.validation import check_blocks
from demo.slack.blocks.written import parsed
from demo.slack.world.team import Team

TEXT_CUT = 40_000
ATTACHMENTS = 100
NO_FALLBACK = "This content can't be displayed."


@dataclass(slots=True)
class Content:
    text: str
    blocks: list[dict[str, Any]]
    attachments: list[dict[str, Any]]
    metadata: dict[str, Any] | None


def read_content(call: Call, team: Team) -> Content:
    """Raises SlackError of class 5 (slack.md D4). Cuts a text that is too long and leaves a warning."""
    text, blocks = call.text("text"), read_blocks(call, team)
    markdown = call.text("markdown_text")
    if markdown:
        text = _markdown(markdown, text, blocks)
    attachments = read_attachments(call, team)
    if not (text.strip() or blocks or attachments):
        raise SlackError("no_text")
    if len(text) > TEXT_CUT:
        text = text[:TEXT_CUT]
        call.warnings.append("message_truncated")
    return Content(read_text(call, text, team, blocks), blocks, attachments, read_metadata(call))


def read_text(call: Call, text: str, team: Team, blocks: list[dict[str, Any]]) -> str:
    """``parse`` and ``link_names`` decide what becomes a link or a mention (slack.md D8)."""
    if not text.strip() and blocks:
        return NO_FALLBACK
    mode = call.text("parse")
    return parsed(text, team, links=mode != "none", names=mode == "full" or call.flag("link_names"))


def read_blocks(call: Call, team: Team) -> list[dict[str, Any]]:
    blocks = call.structure("blocks", "invalid_blocks_format")
    if blocks is None:
        return []
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    return stored_blocks(check_blocks(blocks), team)


def read_attachments(call: Call, team: Team) -> list[dict[str, Any]]:
    attachments = call.structure("attachments", "invalid_attachments")
    if attachments is None:
        return []
    if not isinstance(attachments, list) or not all(isinstance(item, dict) for item in attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > ATTACHMENTS:
        raise SlackError("too_many_attachments")
    return [_attachment(item, number, team) for number, item in enumerate(attachments)]


def _attachment(item: dict[str, Any], number: int, team: Team) -> dict[str, Any]:
    """Legacy, but Slack still takes it: text, a fallback, or blocks of its own."""
    if not all(isinstance(item.get(name, ""), str) for name in ("text", "fallback")):
        raise SlackError("invalid_attachments")
    stored = {"id": number + 1, **item}
    if "blocks" in item:
        blocks = check_blocks(item["blocks"], at=f"/attachments/{number}/blocks")
        stored["blocks"] = stored_blocks(blocks, team)
    if item.get("text"):
        stored["text"] = parsed(item["text"], team, links=True, names=False)
    return stored


def read_metadata(call: Call) -> dict[str, Any] | None:
    """``event_type`` and a flat ``event_payload`` (slack.md D2); None when absent, ``{}`` clears."""
    metadata = call.structure("metadata", "invalid_metadata_format")
    if metadata is None or metadata == {}:
        return None if metadata is None else {}
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    event_type, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not (isinstance(event_type, str) and event_type and isinstance(payload, dict)):
        raise SlackError("invalid_metadata_schema")
    if any(isinstance(value, dict) or _holds_objects(value) for value in payload.values()):
        raise SlackError("invalid_metadata_schema")
    if len(str(metadata)) > call.slack.settings.metadata_bytes:
        raise SlackError("metadata_too_large")
    return {"event_type": event_type, "event_payload": payload}


def _holds_objects(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict | list) for item in value)


def _markdown(markdown: str, text: str, blocks: list[dict[str, Any]]) -> str:
    if text or blocks:
        raise SlackError("markdown_text_conflict")
    if len(markdown) > MARKDOWN:
        raise SlackError("msg_too_long")
    return markdown
