"""Plain HTTP, as a program without an SDK would speak it. Redirects are never followed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

FORM = "application/x-www-form-urlencoded"


@dataclass
class Answer:
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def location(self) -> str:
        return self.headers["Location"]

    @property
    def returned(self) -> dict[str, str]:
        """The query of the address we are sent back to."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.location).query).items()}


def ask(
    url: str, verb: str = "GET", body: bytes | str | None = None, timeout: float = 5.0, /, **headers: str
) -> Answer:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(verb, path or "/", body, named)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def form(url: str, fields: dict[str, Any], **headers: str) -> Answer:
    return ask(url, "POST", urlencode(fields), Content_Type=FORM, **headers)
