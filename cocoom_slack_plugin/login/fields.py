"""What a form or an address brought, as text or not at all."""

from __future__ import annotations

from typing import Any

from cocoom_slack_plugin.login.refusals import Code, Refused


def text(fields: Any, name: str) -> str:
    """The field's text, empty when it is missing or a file. Raises Refused(malformed) for bytes that are no text."""
    try:
        value = fields.get(name)
    except UnicodeDecodeError:
        raise Refused(Code.MALFORMED) from None
    return value if isinstance(value, str) else ""


def number(fields: Any, name: str) -> int:
    """The field's whole number. Raises Refused(malformed)."""
    given = text(fields, name)
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Refused(Code.MALFORMED)
    return int(given)
