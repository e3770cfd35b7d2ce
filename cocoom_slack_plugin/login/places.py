"""Where in this room somebody is: the audit's name for it, what a refusal is headed, where one starts again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cocoom_slack_plugin.login.addresses import ACCOUNT_ROUTE, SETTINGS_ROUTE, SIGN_IN_ROUTE
from cocoom_slack_plugin.login.explanations import ELSEWHERE, EXPLANATIONS, Explanation
from cocoom_slack_plugin.login.purpose import Purpose
from cocoom_slack_plugin.login.refusals import Code
from cocoom_slack_plugin.translations import N_


@dataclass(frozen=True, slots=True)
class Place:
    """``said_differently`` are the explanations that do not read as those of a sign-in."""

    action: str
    heading: str
    route: str
    said_differently: Mapping[Code, Explanation] = field(default_factory=dict)

    def explain(self, code: Code) -> Explanation:
        """What to tell somebody who is refused here."""
        return self.said_differently.get(code, EXPLANATIONS[code])


SIGN_IN = Place(Purpose.SIGN_IN.action, N_("You are not signed in"), SIGN_IN_ROUTE)
ACCOUNT = Place("login.account", N_("Your Slack account"), ACCOUNT_ROUTE, ELSEWHERE)
LINK = Place(Purpose.LINK.action, N_("Your Slack account was not linked"), ACCOUNT_ROUTE, ELSEWHERE)
UNLINK = Place("login.unlink", N_("Your Slack account was not unlinked"), ACCOUNT_ROUTE, ELSEWHERE)
TEST = Place(Purpose.TEST.action, N_("The test sign-in failed"), SETTINGS_ROUTE, ELSEWHERE)
SETTINGS = Place("login.settings", N_("Nothing was changed"), SETTINGS_ROUTE, ELSEWHERE)
