"""Fresh identifiers in Slack's shapes (slack.md B2, B4)."""

from __future__ import annotations

import random
import secrets

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


def new_id(prefix: str) -> str:
    """An id such as ``C07QX2M9KLD``: one letter for the kind, ten for the thing."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(10))


def new_token(kind: str) -> str:
    """A token with Slack's prefix for its kind (``bot``, ``user`` or ``config``), plainly marked as ours."""
    prefix = {"bot": "xoxb", "user": "xoxp", "config": "xoxe.xoxp"}[kind]
    return f"{prefix}-demo-{secrets.token_hex(24)}"


def new_client_id() -> str:
    """``<digits>.<digits>``, the only shape Slack gives (slack.md A2)."""
    return f"{secrets.randbelow(10**12):012d}.{secrets.randbelow(10**13):013d}"


def new_secret() -> str:
    return secrets.token_hex(16)


def new_block_id() -> str:
    """Not a secret: the ordinary generator saves a system call for every block of every message."""
    return f"{random.getrandbits(24):06x}"


def new_request_id() -> str:
    return f"{random.getrandbits(128):032x}"
