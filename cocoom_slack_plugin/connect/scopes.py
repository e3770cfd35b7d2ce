"""Each permission in a sentence, and what is wanted beside what was granted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from cocoom_slack_plugin.connect.features import COSTS, Feature
from cocoom_slack_plugin.connections.connect import REQUIRED_SCOPES
from cocoom_slack_plugin.slack_scopes import Scope
from cocoom_slack_plugin.switches import Function
from cocoom_slack_plugin.translations import N_, translations

SENTENCES = {
    Scope.OPENID: N_("Tells Cocoom which Slack account is signing in, and of which workspace."),
    Scope.EMAIL: N_(
        "Tells Cocoom the e-mail address of the person who is signing in, to find their account."
    ),
    Scope.PROFILE: N_("Tells Cocoom the name and picture of the person who is signing in."),
    Scope.CHAT_WRITE: N_("Lets the bot post notifications where it was invited, and in direct messages."),
    Scope.CHAT_WRITE_PUBLIC: N_("Lets the bot post in public channels to which nobody invited it."),
    Scope.USERS_READ: N_("Lets the bot see who is in the workspace, who is a guest and who was deactivated."),
    Scope.USERS_READ_EMAIL: N_("Lets the bot find somebody in the workspace by their e-mail address."),
    Scope.CHANNELS_HISTORY: N_("Lets the bot look in public channels whether its own message arrived."),
    Scope.GROUPS_HISTORY: N_(
        "Lets the bot look in private channels where it is a member whether its own message arrived."
    ),
    Scope.IM_HISTORY: N_("Lets the bot look in its direct messages whether its own message arrived."),
    Scope.CHANNELS_READ: N_("Lets the bot list the names of public channels, so that one can be chosen."),
    Scope.GROUPS_READ: N_("Lets the bot list the names of private channels where it is a member."),
}


def sentence(scope: str, locale: str) -> str:
    """What a permission is for, in a language of LOCALES; of one that we do not know, that Cocoom does not use it."""
    try:
        text = SENTENCES[Scope(scope)]
    except ValueError:
        text = N_("Cocoom does not use this permission.")
    return translations(locale).gettext(text)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Scopes by name, each tuple in the order of Scope, strange ones last."""

    wanted: tuple[str, ...]
    granted: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(scope for scope in self.wanted if scope not in self.granted)

    @property
    def superfluous(self) -> tuple[str, ...]:
        return tuple(scope for scope in self.granted if scope not in self.wanted)


def compare(wanted: Iterable[str], granted: Iterable[str]) -> Comparison:
    return Comparison(in_order(wanted), in_order(granted))


def in_order(scopes: Iterable[str]) -> tuple[str, ...]:
    """Each once, the ones we know first and in our order, then the others by name."""
    known = [str(scope) for scope in Scope]
    return tuple(
        sorted(set(scopes), key=lambda each: (known.index(each) if each in known else len(known), each))
    )


def lacking(what: Function | Feature, granted: Collection[str]) -> tuple[Scope, ...]:
    """The bot's scopes that this still needs; empty when it works, as far as the bot is concerned.

    What login asks users for is in no bot token: only a sign-in proves it.
    """
    needed: Iterable[Scope] = COSTS[what].scopes if isinstance(what, Feature) else _of_function(what)
    return tuple(scope for scope in Scope if scope in needed and scope not in granted)


def working(functions: Collection[Function], granted: Collection[str]) -> frozenset[Feature]:
    """The features that these functions and scopes allow."""
    return frozenset(
        feature
        for feature, costs in COSTS.items()
        if costs.functions <= set(functions) and not lacking(feature, granted)
    )


def _of_function(function: Function) -> frozenset[Scope]:
    return REQUIRED_SCOPES if function is Function.NOTIFICATIONS else frozenset()
