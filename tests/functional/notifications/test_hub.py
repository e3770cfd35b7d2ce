"""A post that several bases of a hub show is told by each with its own link and its own token, or not at all."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from cocoom_hooks.payloads import Tenant
from demo.slack.control import Control

from .host import ACME, GLOBEX, TEAMS, Host, shared


def tell_both(host: Host, *, link_of: Tenant | None = None) -> None:
    """What the host does when a thread of Acme's is lent to Globex: an event for each base that shows the post."""
    for tenant in (ACME, GLOBEX):
        event = shared("From the hub", tenant)
        if link_of:
            event = replace(event, post=replace(event.post, url=f"{link_of.url}/posts/p1"))
        host.tell("share_published", event)


@pytest.fixture
def routed(host: Host) -> Host:
    host.route(ACME, "C0NEWS")
    host.route(GLOBEX, "C1NEWS")
    return host


def test_each_base_tells_it_with_its_own_link_and_token(routed: Host, slack: Control) -> None:
    tell_both(routed)
    routed.drain()
    for tenant, channel in ((ACME, "C0NEWS"), (GLOBEX, "C1NEWS")):
        (message,) = slack.messages(TEAMS[tenant.subdomain], channel)
        other = GLOBEX if tenant is ACME else ACME
        assert f"{tenant.url}/posts/p1" in str(message["blocks"])
        assert other.url not in str(message)
    posts = {each["team"]: each["token"] for each in slack.requests("chat.postMessage")}
    assert posts == {"T0ACME": "xoxb-demo-acme", "T0GLOBEX": "xoxb-demo-globex"}


def test_a_base_that_is_not_connected_stays_silent(routed: Host, slack: Control) -> None:
    routed.set_connection(GLOBEX, notifications_enabled=False)
    tell_both(routed)
    routed.drain()
    assert len(slack.messages("T0ACME", "C0NEWS")) == 1
    assert slack.messages("T0GLOBEX", "C1NEWS") == []


def test_a_foreign_link_is_not_told_at_all(
    routed: Host, slack: Control, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        tell_both(routed, link_of=ACME)
    routed.drain()
    assert len(slack.messages("T0ACME", "C0NEWS")) == 1
    assert slack.messages("T0GLOBEX", "C1NEWS") == []
    assert f"must be an address of {GLOBEX.url}" in caplog.text


def test_what_becomes_of_it_is_followed_in_each_base(routed: Host, slack: Control) -> None:
    tell_both(routed)
    routed.drain()
    event = shared("From the hub", GLOBEX)
    routed.tell("share_deleted", event)
    routed.drain()
    assert "From the hub" in slack.messages("T0ACME", "C0NEWS")[0]["text"]
    assert "From the hub" not in slack.messages("T0GLOBEX", "C1NEWS")[0]["text"]
