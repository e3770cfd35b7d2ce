"""How far a connected app is from what its tenant wants, and what to change at Slack."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cocoom_slack_plugin.connect.app_pages import app_page
from cocoom_slack_plugin.connect.features import Feature, Wish
from cocoom_slack_plugin.connect.scopes import Comparison, compare, sentence, working
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.switches import Function
from cocoom_slack_plugin.translations import N_, translations

ADD = N_("Add the bot scope {scope} under “OAuth & Permissions”. {purpose}")
INSTALL_AGAIN = N_(
    "Then install the app in the workspace again, and connect it again: until then nothing has changed."
)
REMOVE = N_(
    "The bot scope {scope} is not needed. Remove it under “OAuth & Permissions”; Slack takes it from the bot only "
    "when the app is uninstalled and installed anew: connect it then with its new token, and invite the bot to its "
    "channels again."
)
"""Installing again adds scopes up, and never takes one away (slack.md B5)."""
NOT_SEEN = N_(
    "Whether the redirect URL and the scopes openid, email and profile are right cannot be seen from here: make a "
    "test sign-in."
)


@dataclass(frozen=True, slots=True)
class Change:
    """Something for somebody to do. ``text`` is a message id; ``scope`` is what it speaks of, where it does."""

    text: str
    scope: str = ""

    def said(self, locale: str) -> str:
        """In a language of LOCALES."""
        purpose = sentence(self.scope, locale) if self.scope else ""
        return translations(locale).gettext(self.text).format(scope=self.scope, purpose=purpose)


@dataclass(frozen=True, slots=True)
class Lag:
    """``bot`` compares the bot's scopes; ``changes`` follow from it, in the order of doing; ``address`` is where."""

    bot: Comparison
    changes: tuple[Change, ...]
    address: str


def connected(connection: Connection) -> frozenset[Function]:
    """The functions whose credentials are there, switched on or not: what is off today may be on tomorrow."""
    found = {Function.LOGIN: connection.client_id, Function.NOTIFICATIONS: connection.sealed_bot_token}
    return frozenset(function for function, credential in found.items() if credential)


def wish_of(connection: Connection, features: Collection[Feature] | None = None) -> Wish:
    """What the connected app is for. Without ``features`` those count as wanted that its scopes allow already.

    Raises InvalidInput for features that belong to a function which is not connected.
    """
    functions = connected(connection)
    wanted = working(functions, connection.scopes) if features is None else features
    return Wish.of(functions, wanted)


def lag_of(connection: Connection, wish: Wish, slack_url: str) -> Lag:
    """Compare what is known of the app with what is wanted of it. Nobody is asked anything."""
    bot = compare(wish.bot_scopes, connection.scopes)
    changes = [Change(ADD, scope) for scope in bot.missing]
    if changes:
        changes.append(Change(INSTALL_AGAIN))
    changes += [Change(REMOVE, scope) for scope in bot.superfluous]
    if Function.LOGIN in wish.functions and connection.login_tested_at is None:
        changes.append(Change(NOT_SEEN))
    return Lag(bot, tuple(changes), app_page(slack_url, connection.app_id))
