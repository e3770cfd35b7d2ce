"""A refusal becomes one audit record, one line in the log and one page, and nothing else (DESIGN.md section 6.6)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from cocoom_slack_plugin import audit
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.login import places
from cocoom_slack_plugin.login.admission import Admitted
from cocoom_slack_plugin.login.page import page
from cocoom_slack_plugin.login.places import Place
from cocoom_slack_plugin.login.refusals import Code, Refused
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.translations import best_locale, translations

log = logging.getLogger(__name__)

EXPECTED = frozenset({Code.CANCELLED, Code.ALREADY_SIGNED_IN})
"""What people do all the time: noted, but no reason for a warning (security.md S31)."""

View = Callable[[Any, Any], Any]


def refusing_at(place: Place) -> Callable[[View], View]:
    """View decorator: refusals and a failing database are answered here (security.md S153)."""

    def decorate(view: View) -> View:
        def answer(context: Any, request: Any) -> Any:
            try:
                return view(context, request)
            except Refused as refused:
                return refuse(request, refused, place)
            except SQLAlchemyError as error:
                return refuse(request, Refused(Code.UNAVAILABLE, problem=type(error).__name__), place)

        return answer

    return decorate


refusing = refusing_at(places.SIGN_IN)


def forged(place: Place) -> View:
    """The view for a POST that came from elsewhere (CVE-2015-9284): recorded, and nothing else done."""
    return lambda context, request: refuse(request, Refused(Code.CSRF), place)


def refuse(request: Any, refused: Refused, place: Place = places.SIGN_IN) -> Any:
    """Record the refusal and show why."""
    admitted: Admitted = request.cocoom_slack_login
    correlation_id = record(request, refused, place)
    explanation = place.explain(refused.reason)
    gettext = translations(best_locale(admitted.tenant.locale)).gettext
    names = named(admitted)
    return page(
        request,
        admitted.tenant,
        "refused",
        explanation.status,
        heading=place.heading,
        happened=gettext(explanation.happened).format(**names),
        advice=gettext(explanation.advice).format(**names),
        again=request.route_path(place.route) if explanation.again else None,
        correlation_id=correlation_id,
    )


def named(admitted: Admitted) -> dict[str, str]:
    """What texts name: the base and the expected workspace, never the one somebody came from."""
    connection = admitted.connection
    workspace = (connection.team_name or connection.team_id) if connection else ""
    return {"base": admitted.tenant.name, "workspace": workspace}


def record(request: Any, refused: Refused, place: Place = places.SIGN_IN) -> str:
    """Write the audit record and the log line; returns the correlation id. A failing database stops neither page."""
    correlation_id = audit.new_correlation_id()
    tenant: str = request.cocoom_slack_login.tenant.id
    level = logging.INFO if refused.reason in EXPECTED else logging.WARNING
    log.log(
        level,
        "%s refused: %s tenant=%s id=%s %s",
        place.action,
        refused.code,
        tenant,
        correlation_id,
        refused.detail,
    )
    try:
        actor, detail = _actor(request, place), dict[str, Any](refused.detail)
        with transaction(Runtime.of(request).hooks, tenant) as dbsession:
            audit.record(
                dbsession,
                tenant,
                place.action,
                refused.code,
                actor=actor,
                correlation_id=correlation_id,
                **detail,
            )
    except SQLAlchemyError as error:
        log.error("no audit record of %s: %s", correlation_id, type(error).__name__)
    return correlation_id


def _actor(request: Any, place: Place) -> str | None:
    """At a sign-in nobody is known by then; elsewhere it is whoever is signed in."""
    user = None if place is places.SIGN_IN else Runtime.of(request).hooks.current_user(request)
    return user.id if user else None
