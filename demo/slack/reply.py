"""An answer before it becomes bytes on the wire."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

JSON = "application/json; charset=utf-8"

_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


@dataclass(slots=True)
class Reply:
    """``label`` is what the recorder writes down: ``ok`` or the error code."""

    payload: Any
    label: str = "ok"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> bytes:
        """Empty for a payload of None."""
        return b"" if self.payload is None else _encode(self.payload).encode()

    def response(self) -> web.Response:
        return web.Response(
            status=self.status, body=self.body(), headers={"Content-Type": JSON, **self.headers}
        )
