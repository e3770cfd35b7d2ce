"""Slack's answer, verified: the one way from a callback to what it is for."""

from __future__ import annotations

from typing import Any, TypeVar

from cocoom_slack_plugin.login import browser, visit
from cocoom_slack_plugin.login.addresses import CALLBACK_PATH
from cocoom_slack_plugin.login.admission import Admitted
from cocoom_slack_plugin.login.backend import SlackOpenIdConnect
from cocoom_slack_plugin.login.purpose import Purpose
from cocoom_slack_plugin.login.refusals import Code, Refused
from cocoom_slack_plugin.login.strategy import VisitStrategy
from cocoom_slack_plugin.login.verdict import only_refusals
from cocoom_slack_plugin.login.visit import Visit
from cocoom_slack_plugin.pages import protect
from cocoom_slack_plugin.runtime import Runtime

Result = TypeVar("Result")


def depart(request: Any, purpose: Purpose, next_path: str = "/") -> Any:
    """Remember the attempt and send the browser to Slack. Raises Refused."""
    admitted: Admitted = request.cocoom_slack_login
    runtime = Runtime.of(request)
    begun = visit.starting(request, runtime, admitted.tenant, admitted.connected(), next_path, purpose)
    begun.refuse_others()
    with only_refusals():
        response = SlackOpenIdConnect(VisitStrategy(begun), redirect_uri=CALLBACK_PATH).start()
    lifetime = runtime.settings.sign_in_lifetime
    browser.remember(response, admitted.tenant, begun.browser or "", lifetime)
    return protect(response)


def complete(arrived: Visit, wanted: type[Result]) -> tuple[Result, VisitStrategy]:
    """Spend the attempt, verify the answer and run the pipeline of the visit's purpose. Raises Refused."""
    strategy = VisitStrategy(arrived)
    with only_refusals():
        result = SlackOpenIdConnect(strategy, redirect_uri=CALLBACK_PATH).complete()
    if not isinstance(result, wanted) or strategy.attempt is None:
        raise Refused(Code.BAD_ANSWER)
    return result, strategy
