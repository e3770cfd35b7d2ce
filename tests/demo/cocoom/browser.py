"""Somebody at a browser: reads pages, fills in forms with their CSRF token, follows to where they lead."""

from __future__ import annotations

import re
from typing import Any

from demo.cocoom.passwords import DEMO_PASSWORD
from demo.cocoom.session_cookie import NAME

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Browser:
    def __init__(self, app: Any) -> None:
        self.app = app
        self._tokens: dict[str | None, str] = {}

    @property
    def cookie(self) -> str | None:
        value: str | None = self.app.cookies.get(NAME)
        return value

    def read(self, path: str, *, status: int = 200) -> Any:
        return self.app.get(path, status=status)

    def send(self, path: str, *, status: int = 303, **fields: str) -> Any:
        """Post a form with this browser's own token."""
        return self.app.post(path, {"csrf_token": self.csrf_token(), **fields}, status=status)

    def csrf_token(self) -> str:
        """From the form that is on every page: signing out, or signing in. A session keeps its token."""
        if self.cookie in self._tokens:
            return self._tokens[self.cookie]
        found = TOKEN.search(self.app.get("/directory").maybe_follow().text)
        assert found, "the page has no form"
        self._tokens[self.cookie] = found[1]
        return found[1]

    def sign_in(
        self, email: str, *, status: int = 303, password: str = DEMO_PASSWORD, next: str = "/"
    ) -> Any:
        return self.send("/login", status=status, email=email, password=password, next=next)
