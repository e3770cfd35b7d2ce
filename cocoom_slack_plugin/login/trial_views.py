"""``/slack/login/test``: an administrator tries the sign-in, and reads step by step what happened."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func

from cocoom_slack_plugin import audit
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.errors import ChangedMeanwhile
from cocoom_slack_plugin.login import arrival, places, trial
from cocoom_slack_plugin.login.addresses import SETTINGS_ROUTE
from cocoom_slack_plugin.login.administrators import administrator
from cocoom_slack_plugin.login.admission import Admitted
from cocoom_slack_plugin.login.page import page
from cocoom_slack_plugin.login.pipeline import Vouched
from cocoom_slack_plugin.login.purpose import Purpose
from cocoom_slack_plugin.login.recognition import Recognised
from cocoom_slack_plugin.login.refusal_page import named, record, refusing_at
from cocoom_slack_plugin.login.refusals import Refused
from cocoom_slack_plugin.login.trial import Mark, Step
from cocoom_slack_plugin.login.visit import Visit
from cocoom_slack_plugin.translations import N_, best_locale, translations

WORDS = {Mark.YES: N_("Passed"), Mark.NO: N_("Failed"), Mark.OPEN: N_("Note")}
CHANGED = N_("The settings were changed during this test, so it does not count. Make it again.")


def start(context: Any, request: Any) -> Any:
    """POST: to Slack, bound to the administrator who pressed."""
    administrator(request)
    return arrival.depart(request, Purpose.TEST)


@refusing_at(places.TEST)
def arrive(arrived: Visit, request: Any) -> Any:
    """The callback of a test. Nobody is signed in and nothing is bound, whatever comes out."""
    arrived.refuse_others()
    administrator(request)
    try:
        vouched, _ = arrival.complete(arrived, Vouched)
    except Refused as refused:
        return _refused(request, trial.unverified(refused), refused)
    steps, decided = trial.verified(arrived, vouched), trial.rehearse(arrived, vouched)
    if isinstance(decided, Refused):
        return _refused(request, steps, decided)
    return _accepted(request, arrived, steps, decided)


def _accepted(request: Any, arrived: Visit, steps: list[Step], decided: Recognised) -> Any:
    last, outcome = trial.decision(arrived, decided), "ok"
    itself = trial.is_the_tester(arrived, decided)
    if itself and not _remember(arrived):
        last, outcome = Step(trial.DECISION, Mark.NO, CHANGED), ChangedMeanwhile.code
    with transaction(arrived.runtime.hooks, arrived.tenant.id) as dbsession:
        reference = audit.record(
            dbsession,
            arrived.tenant.id,
            places.TEST.action,
            outcome,
            actor=arrived.user_id,
            itself=itself,
            account_made=decided.account_made,
        )
    return _report(request, [*steps, last], reference)


def _remember(arrived: Visit) -> bool:
    """Note the success with the very credentials that were tested; False when they were changed meanwhile."""
    try:
        with transaction(arrived.runtime.hooks, arrived.tenant.id) as dbsession:
            connections.change(dbsession, arrived.connection, {"login_tested_at": func.now()})
    except ChangedMeanwhile:
        return False
    return True


def _refused(request: Any, steps: list[Step], refused: Refused) -> Any:
    reference = record(request, refused, places.TEST)
    explained = places.TEST.explain(refused.reason)
    last = Step(trial.DECISION, Mark.NO, explained.happened)
    return _report(request, [*steps, last], reference, explained.advice)


def _report(request: Any, steps: list[Step], reference: str, advice: str | None = None) -> Any:
    admitted: Admitted = request.cocoom_slack_login
    gettext = translations(best_locale(admitted.tenant.locale)).gettext
    names = named(admitted)

    def said(step: Step) -> str:
        fields = {name: gettext(value) if name == "role" else value for name, value in step.fields.items()}
        return gettext(step.said).format(**names, **fields)

    return page(
        request,
        admitted.tenant,
        "trial",
        steps=[(gettext(each.what), each.mark, gettext(WORDS[each.mark]), said(each)) for each in steps],
        advice=gettext(advice).format(**names) if advice else None,
        back=request.route_path(SETTINGS_ROUTE),
        correlation_id=reference,
    )
