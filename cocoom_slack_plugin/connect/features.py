"""What a tenant can want of its Slack app: the two functions, and features that each ask for a little more."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from cocoom_slack_plugin.connections.connect import REQUIRED_SCOPES
from cocoom_slack_plugin.errors import InvalidInput
from cocoom_slack_plugin.slack_scopes import SIGN_IN, Scope
from cocoom_slack_plugin.switches import Function
from cocoom_slack_plugin.translations import N_


class Feature(enum.StrEnum):
    """What may be had beside the functions, by choice: each costs the tenant permissions."""

    PUBLIC_CHANNELS = "public-channels"
    DIRECT_MESSAGES = "direct-messages"
    LOOKING_BEFORE_RESENDING = "looking-before-resending"
    LEAVERS = "leavers"
    CHANNEL_PICKER = "channel-picker"


@dataclass(frozen=True, slots=True)
class Costs:
    """What a feature belongs to and what it needs. All its scopes are the bot's. ``purpose`` is a message id."""

    functions: frozenset[Function]
    scopes: tuple[Scope, ...]
    purpose: str


COSTS = {
    Feature.PUBLIC_CHANNELS: Costs(
        frozenset({Function.NOTIFICATIONS}),
        (Scope.CHAT_WRITE_PUBLIC,),
        N_("Notifications reach public channels without anybody inviting the bot there."),
    ),
    Feature.DIRECT_MESSAGES: Costs(
        frozenset({Function.NOTIFICATIONS}),
        (Scope.USERS_READ, Scope.USERS_READ_EMAIL),
        N_("Personal notifications also reach people who never signed in with Slack: e-mail finds them."),
    ),
    Feature.LOOKING_BEFORE_RESENDING: Costs(
        frozenset({Function.NOTIFICATIONS}),
        (Scope.CHANNELS_HISTORY, Scope.GROUPS_HISTORY, Scope.IM_HISTORY),
        N_("When Slack’s answer is lost, Cocoom looks whether the message arrived before sending it again."),
    ),
    Feature.LEAVERS: Costs(
        # The look is the bot's, and a bot token comes with notifications alone.
        frozenset({Function.LOGIN, Function.NOTIFICATIONS}),
        (Scope.USERS_READ,),
        N_("Somebody who is deactivated in Slack is soon signed out of Cocoom too."),
    ),
    Feature.CHANNEL_PICKER: Costs(
        frozenset({Function.NOTIFICATIONS}),
        (Scope.CHANNELS_READ, Scope.GROUPS_READ),
        N_("Channels are chosen from a list by their names, not by pasted ids."),
    ),
}

PURPOSES = {
    Function.LOGIN: N_("People sign in to Cocoom with their Slack account."),
    Function.NOTIFICATIONS: N_("What happens in Cocoom is told in Slack."),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a tenant wants of its app."""

    functions: frozenset[Function]
    features: frozenset[Feature] = frozenset()

    @classmethod
    def of(cls, functions: Iterable[Function], features: Iterable[Feature] = ()) -> Wish:
        """Raises InvalidInput when there is no function, or a feature lacks the function that it belongs to."""
        wish = cls(frozenset(functions), frozenset(features))
        if not wish.functions:
            raise InvalidInput("functions", "an app is for login, for notifications, or for both")
        for feature in sorted(wish.features):
            if missing := COSTS[feature].functions - wish.functions:
                raise InvalidInput(
                    feature, f"this needs {' and '.join(sorted(missing))}: ask for that as well"
                )
        return wish

    @property
    def user_scopes(self) -> tuple[Scope, ...]:
        """What each user is asked for when they sign in."""
        return SIGN_IN if Function.LOGIN in self.functions else ()

    @property
    def bot_scopes(self) -> tuple[Scope, ...]:
        """What the workspace is asked for when the app is installed."""
        wanted = {scope for feature in self.features for scope in COSTS[feature].scopes}
        if Function.NOTIFICATIONS in self.functions:
            wanted |= REQUIRED_SCOPES
        return tuple(scope for scope in Scope if scope in wanted)
