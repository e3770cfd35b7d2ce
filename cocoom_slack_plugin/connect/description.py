"""What people read about the app in Slack's own pages, in the tenant's language."""

from __future__ import annotations

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.connect.features import Wish
from cocoom_slack_plugin.connect.scopes import sentence
from cocoom_slack_plugin.switches import Function
from cocoom_slack_plugin.translations import N_, best_locale, translations

SHORT = {
    frozenset({Function.LOGIN}): N_("Sign in to your Cocoom base with Slack."),
    frozenset({Function.NOTIFICATIONS}): N_("What is new in your Cocoom base, told in Slack."),
    frozenset(Function): N_("Sign in to your Cocoom base with Slack, and read in Slack what is new there."),
}
INTRODUCTION = N_("Connects the Cocoom base {base} ({address}) with this Slack workspace.")
PERMISSIONS = N_("What it asks for, and why:")

LONG_LEAST, LONG_MOST = 175, 4000
"""Slack's bounds. Its documentation says 174, its schema 175 (slack.md C)."""
NAME_MOST, ADDRESS_MOST = 80, 300


def short_description(wish: Wish, locale: str) -> str:
    """At most 139 characters: Slack refused 140 (slack.md C)."""
    return translations(best_locale(locale)).gettext(SHORT[wish.functions])


def long_description(tenant: Tenant, wish: Wish) -> str | None:
    """Which base this is, and each permission in a sentence. None where Slack would find it too short or too long."""
    locale = best_locale(tenant.locale)
    say = translations(locale).gettext
    base, address = _readable(tenant.name, NAME_MOST), _readable(tenant.url, ADDRESS_MOST)
    lines = [f"{scope}: {sentence(scope, locale)}" for scope in (*wish.user_scopes, *wish.bot_scopes)]
    text = "\n".join([say(INTRODUCTION).format(base=base, address=address), "", say(PERMISSIONS), *lines])
    return text if LONG_LEAST <= len(text) <= LONG_MOST else None


def _readable(text: str, most: int) -> str:
    """On one line, without what cannot be seen or encoded, cut where it is very long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
