from __future__ import annotations

from pyramid.request import Request
from pyramid.response import Response

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.login import browser

HTTPS = Tenant(id="a", subdomain="a", name="A", url="https://a.cocoom.test")
HTTP = Tenant(id="a", subdomain="a", name="A", url="http://a.localhost:6543")


def test_values_are_long_and_new() -> None:
    assert len({browser.new() for _ in range(100)}) == 100
    assert browser.VALUE.fullmatch(browser.new())


def test_without_https_there_is_no_host_prefix_and_no_secure() -> None:
    response = Response()
    browser.remember(response, HTTP, browser.new(), 60)
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("cocoom-slack-sign-in=")
    assert "secure" not in cookie.lower()
    assert "HttpOnly" in cookie


def test_a_cookie_without_the_prefix_does_not_count_on_https() -> None:
    """A sibling subdomain can plant that one."""
    value = browser.new()
    request = Request.blank("/", headers={"Cookie": f"cocoom-slack-sign-in={value}"})
    assert browser.known(request, HTTP) == value
    assert browser.known(request, HTTPS) is None


def test_values_of_another_form_do_not_count() -> None:
    for value in ("", "short", "x" * 44, "x" * 42 + "!"):
        request = Request.blank("/", headers={"Cookie": f"__Host-cocoom-slack-sign-in={value}"})
        assert browser.known(request, HTTPS) is None


def test_digests_take_any_text() -> None:
    assert browser.digest("\udcff") != browser.digest("\x00")
    assert len(browser.digest("")) == 64
