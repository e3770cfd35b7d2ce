"""The Web API methods, declared where they are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from demo.slack.api.call import Call
from demo.slack.rate_limits import Tier

Answer = dict[str, Any]
Handler = Callable[[Call], Answer]

BOTH = frozenset({"bot", "user"})


@dataclass(frozen=True, slots=True)
class Method:
    """``scopes``: one of them is enough; none means any token will do."""

    name: str
    handler: Handler
    tier: Tier
    scopes: tuple[str, ...]
    token_kinds: frozenset[str]
    """Empty for methods that authenticate by client id and secret."""
    takes_json: bool

    @property
    def accepted_scopes(self) -> str:
        return ",".join(self.scopes)


METHODS: dict[str, Method] = {}


def method(
    name: str,
    tier: Tier,
    *scopes: str,
    token_kinds: frozenset[str] = BOTH,
    takes_json: bool = False,
) -> Callable[[Handler], Handler]:
    """Register a handler under its Web API name."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(name, handler, tier, scopes, token_kinds, takes_json)
        return handler

    return register
