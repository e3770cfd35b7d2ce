"""Connections that turn out broken while their notices are served: marked, and told to their administrators, once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

from cocoom_hooks import Hooks
from cocoom_hooks.payloads import AdministratorNotice, Tenant
from cocoom_slack_plugin import audit
from cocoom_slack_plugin.connections.health import mark_broken
from cocoom_slack_plugin.notifications.claims import Entry
from cocoom_slack_plugin.notifications.verdict import Reach
from cocoom_slack_plugin.translations import N_, best_locale, translations

log = logging.getLogger(__name__)


def note(
    dbsession: Session, hooks: Hooks, entries: Iterable[Entry], version_of: Callable[[str], int | None]
) -> None:
    """Mark the connections of these entries that do not work. ``version_of`` a tenant's is the one that was tried."""
    found = {each.claim.tenant_id: each for each in entries if each.verdict.reach is Reach.CONNECTION}
    for tenant_id, entry in sorted(found.items()):
        code = entry.verdict.code or "unknown"
        if mark_broken(dbsession, tenant_id, code, version_of(tenant_id)):
            audit.record(dbsession, tenant_id, "connection.broken", code)
            _tell_administrators(dbsession, hooks, tenant_id, code)


def _tell_administrators(dbsession: Session, hooks: Hooks, tenant_id: str, code: str) -> None:
    try:
        with dbsession.begin_nested():
            tenant = hooks.find_tenant(tenant_id, dbsession)
            if tenant is not None:
                hooks.tell_administrators(tenant, _notice(tenant, code), dbsession)
    except Exception:
        # The connection is broken all the same; undone, every lease would ask Slack again.
        log.exception("the administrators of tenant %s could not be told", tenant_id)


def _notice(tenant: Tenant, code: str) -> AdministratorNotice:
    tr = translations(best_locale(tenant.locale)).gettext
    text = tr(N_("Slack answers “{code}”. Notices wait until the base is connected to Slack again."))
    return AdministratorNotice(
        subject=tr(N_("The connection to Slack does not work any more")), text=text.format(code=code)
    )
