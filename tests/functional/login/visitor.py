"""A browser at one base: presses the button, is sent to Slack, comes back."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from webtest import TestApp

from cocoom_hooks.payloads import Tenant

from .host import SESSION

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Visitor:
    def __init__(self, application: Any, tenant: Tenant) -> None:
        host = tenant.url.removeprefix("https://")
        environ = {"HTTP_HOST": host, "wsgi.url_scheme": "https"}
        self.app = TestApp(application, extra_environ=environ)
        # WebTest files cookies under the host of its own URL; every visitor has a jar of their own.
        self.tenant = tenant

    @property
    def session(self) -> str | None:
        value: str | None = self.app.cookies.get(SESSION)
        return value

    def get(self, path: str, **given: Any) -> Any:
        return self.app.get(path, expect_errors=True, **given)

    def press(self, next: str = "/", *, token: str | None = None, **given: Any) -> Any:
        """POST the form of the button's page."""
        if token is None:
            found = TOKEN.search(self.get("/slack/sign-in").text)
            assert found
            token = found[1]
        headers = {"Origin": self.tenant.url, **given.pop("headers", {})}
        fields = {"csrf_token": token, "next": next}
        return self.app.post("/slack/sign-in", fields, headers=headers, expect_errors=True, **given)

    def start(self, next: str = "/") -> str:
        """Press the button; the address at Slack."""
        answer = self.press(next)
        assert answer.status_int == 303, answer.text
        return str(answer.headers["Location"])

    def agree(self, address: str) -> str:
        """Let Slack answer (approvals are given in advance); the path and query of our callback."""
        answer = requests.get(address, allow_redirects=False, timeout=10)
        assert answer.status_code in (302, 303), answer.text
        back = urlsplit(answer.headers["Location"])
        assert f"{back.scheme}://{back.netloc}" == self.tenant.url
        return f"{back.path}?{back.query}"

    def sign_in(self, next: str = "/") -> Any:
        """The whole way; the answer to the callback."""
        return self.get(self.agree(self.start(next)))


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
