"""A person with a browser, without the browser: follows redirects, keeps cookies, fills in the forms it is shown."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from bs4 import BeautifulSoup, Tag
from requests.adapters import HTTPAdapter

SECONDS = 30


class UnexpectedPage(Exception):
    """The page is not what a person at this point would have been shown."""


class _Loopback(HTTPAdapter):
    """Reaches ``*.localhost`` on loopback, which browsers do by themselves and the system's resolver may not."""

    def build_connection_pool_key_attributes(self, request: Any, *arguments: Any, **named: Any) -> Any:
        host, pool = super().build_connection_pool_key_attributes(request, *arguments, **named)
        if str(host["host"]).endswith(".localhost"):
            request.headers["Host"] = urlsplit(request.url).netloc
            host["host"] = "127.0.0.1"
        return host, pool


class Visitor:
    """One browser with one open page."""

    def __init__(self, home: str) -> None:
        self.home = home
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.mount("http://", _Loopback())
        self._page = BeautifulSoup("", "html.parser")
        self.url = home
        self.status = 0

    @property
    def text(self) -> str:
        """The words on the page."""
        return self._page.get_text(" ", strip=True)

    def open(self, path: str) -> Visitor:
        """Go to an address. Raises UnexpectedPage when it answers with a server error."""
        return self._look(self._http.get(urljoin(self.home, path), timeout=SECONDS))

    def submit(self, selector: str, button: str | None = None, **fields: str | list[str]) -> Visitor:
        """Fill in the first form that matches and press its button. Raises UnexpectedPage when there is none."""
        form = self._page.select_one(selector)
        if form is None:
            raise UnexpectedPage(f"no form {selector} on {self.url} (HTTP {self.status}): {self.text[:300]}")
        values = {**_hidden(form), **_pressed(form, button), **fields}
        target = urljoin(self.url, str(form.get("action") or ""))
        send = self._http.post if str(form.get("method", "get")).lower() == "post" else self._http.get
        body = {"data": values} if send == self._http.post else {"params": values}
        return self._look(send(target, timeout=SECONDS, **body))  # type: ignore[arg-type]

    def _look(self, answer: requests.Response) -> Visitor:
        self.url, self.status = answer.url, answer.status_code
        self._page = BeautifulSoup(answer.text, "html.parser")
        if answer.status_code >= 500:
            raise UnexpectedPage(f"{answer.url} answered {answer.status_code}: {self.text[:300]}")
        return self


def _hidden(form: Tag) -> dict[str, str]:
    kept = form.select("input[type=hidden][name], select[name]")
    return {str(each["name"]): _value(each) for each in kept}


def _value(field: Tag) -> str:
    if field.name != "select":
        return str(field.get("value", ""))
    chosen = field.select_one("option[selected]") or field.select_one("option")
    return str(chosen.get("value", "")) if chosen else ""


def _pressed(form: Tag, label: str | None) -> dict[str, str]:
    for button in form.select("button[name]"):
        if label is not None and label in button.get_text():
            return {str(button["name"]): str(button.get("value", ""))}
    return {}
