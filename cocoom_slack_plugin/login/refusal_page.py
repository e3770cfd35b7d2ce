"""A refusal becomes one audit record, one line in the log and one page, and nothing else (DESIGN.md section 6.6)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from cocoom_slack_plugin import audit
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.login.addresses import SIGN_IN_ROUTE
from cocoom_slack_plugin.login.admission import Admitted
from cocoom_slack_plugin.login.explanations import EXPLANATIONS
from cocoom_slack_plugin.login.page import page
from cocoom_slack_plugin.login.refusals import Code, Refused
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.translations import best_locale, translations

log = logging.getLogger(__name__)

ACTION = "login.sign_in"
EXPECTED = frozenset({Code.CANCELLED, Code.ALREADY_SIGNED_IN})
"""What people do all the time: noted, but no reason for a warning (security.md S31)."""

View = Callable[[Any, Any], Any]


def refusing(view: View) -> View:
    """View decorator: refusals and a failing database are answered here (security.md S153)."""

    def answer(context: Any, request: Any) -> Any:
        try:
            return view(context, request)
        except Refused as refused:
            return refuse(request, refused)
        except SQLAlchemyError as error:
            return refuse(request, Refused(Code.UNAVAILABLE, problem=type(error).__name__))

    return answer


def refuse(request: Any, refused: Refused) -> Any:
    """Record the refusal and show why."""
    admitted: Admitted = request.cocoom_slack_login
    correlation_id = record(request, refused)
    explanation = EXPLANATIONS[refused.reason]
    gettext = translations(best_locale(admitted.tenant.locale)).gettext
    names = {"base": admitted.tenant.name, "workspace": _workspace(admitted)}
    return page(
        request,
        admitted.tenant,
        "refused",
        explanation.status,
        happened=gettext(explanation.happened).format(**names),
        advice=gettext(explanation.advice).format(**names),
        again=request.route_path(SIGN_IN_ROUTE) if explanation.again else None,
        correlation_id=correlation_id,
    )


def _workspace(admitted: Admitted) -> str:
    """The expected workspace, never the one somebody came from."""
    connection = admitted.connection
    return (connection.team_name or connection.team_id) if connection else ""


def record(request: Any, refused: Refused) -> str:
    """Write the audit record and the log line; returns the correlation id. A failing database stops neither page."""
    correlation_id = audit.new_correlation_id()
    tenant: str = request.cocoom_slack_login.tenant.id
    level = logging.INFO if refused.reason in EXPECTED else logging.WARNING
    log.log(
        level, "sign-in refused: %s tenant=%s id=%s %s", refused.code, tenant, correlation_id, refused.detail
    )
    try:
        with transaction(Runtime.of(request).hooks, tenant) as dbsession:
            audit.record(
                dbsession, tenant, ACTION, refused.code, correlation_id=correlation_id, **refused.detail
            )
    except SQLAlchemyError as error:
        log.error("no audit record of %s: %s", correlation_id, type(error).__name__)
    return correlation_id
