"""``/slack/notifications``: a signed-in user says what they want to be told by direct message, and when."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from pyramid.httpexceptions import HTTPMethodNotAllowed
from sqlalchemy.exc import SQLAlchemyError

from cocoom_slack_plugin import pages
from cocoom_slack_plugin.database import transaction
from cocoom_slack_plugin.notifications import preferences
from cocoom_slack_plugin.notifications.admission import Admitted
from cocoom_slack_plugin.notifications.preferences_form import PreferencesForm
from cocoom_slack_plugin.notifications.preferences_page import Reader, page
from cocoom_slack_plugin.people import person as people
from cocoom_slack_plugin.runtime import Runtime
from cocoom_slack_plugin.translations import N_

log = logging.getLogger(__name__)

SAVED = N_("Saved.")
FAULTY = N_("Nothing was saved yet: look at the marked fields.")
FORGED = N_("Nothing was saved: the form was too old, or did not come from this page. Fill it in again.")
SIGNED_OUT = N_("Sign in to {base} first, then open this page again.")
UNAVAILABLE = N_("This page does not work at the moment. Try again in some minutes.")

View = Callable[[Any, Any], Any]
PersonalView = Callable[[Any, Reader], Any]


def personal(view: PersonalView) -> View:
    """The Pyramid view of one that needs somebody who is signed in; a failing database gives a page that says so."""

    def answer(context: Any, request: Any) -> Any:
        admitted: Admitted = request.cocoom_slack_notifications
        try:
            reader = _reader(request, admitted)
            return view(request, reader) if reader else _notice(request, 403, SIGNED_OUT)
        except SQLAlchemyError as error:
            log.error("no preferences of tenant=%s: %s", admitted.tenant.id, type(error).__name__)
            return _notice(request, 503, UNAVAILABLE)

    return answer


def show(request: Any, reader: Reader) -> Any:
    """GET: everything on one page."""
    done = SAVED if request.query_string == "saved" else None
    return page(request, reader, _stored(request, reader), done=done)


def save(request: Any, reader: Reader) -> Any:
    """POST: all of it. What cannot be is said next to its field, and what was typed stays."""
    form = PreferencesForm.posted(request.POST)
    if form.wanted is None:
        return page(request, reader, form, 400, alert=FAULTY)
    with transaction(Runtime.of(request).hooks, reader.tenant.id) as dbsession:
        preferences.save(dbsession, reader.tenant.id, reader.user.id, form.wanted)
    return pages.see_other(reader.tenant, f"{request.path}?saved")


def forged(request: Any, reader: Reader) -> Any:
    """A POST that came from elsewhere (CVE-2015-9284). Shows what is stored and nothing of what came."""
    return page(request, reader, _stored(request, reader), 400, alert=FORGED)


def not_allowed(context: Any, request: Any) -> Any:
    """Every other method."""
    return pages.protect(HTTPMethodNotAllowed())


def _reader(request: Any, admitted: Admitted) -> Reader | None:
    """Who is signed in, None for nobody. Raises SQLAlchemyError where the database cannot be asked."""
    hooks, tenant = Runtime.of(request).hooks, admitted.tenant
    connection = admitted.connected()
    user = hooks.current_user(request)
    if user is None:
        return None
    with transaction(hooks, tenant.id) as dbsession:
        person = people.find(dbsession, tenant.id, user.id, connection.team_id)
    return Reader(tenant, user, connection, person)


def _stored(request: Any, reader: Reader) -> PreferencesForm:
    with transaction(Runtime.of(request).hooks, reader.tenant.id) as dbsession:
        return PreferencesForm.stored(preferences.find(dbsession, reader.tenant.id, reader.user.id))


def _notice(request: Any, status: int, text: str) -> Any:
    tenant = request.cocoom_slack_notifications.tenant
    return pages.page(request, tenant, "notifications/notice", status, text=text)
