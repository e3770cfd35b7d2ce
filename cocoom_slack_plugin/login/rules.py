"""Changing who may enter: one way for the page and for the command line."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from cocoom_slack_plugin import audit
from cocoom_slack_plugin.connections import connection as connections
from cocoom_slack_plugin.connections.connection import Connection
from cocoom_slack_plugin.errors import InvalidInput
from cocoom_slack_plugin.login.places import SETTINGS
from cocoom_slack_plugin.login.policy import ROLES, Pin, Policy, Rules
from cocoom_slack_plugin.translations import N_

NO_DOMAINS = N_("Name at least one domain.")
NO_ENTERPRISE = N_("This workspace does not belong to an Enterprise Grid organisation.")
NO_SUCH_ROLE = N_("Choose one of the roles.")


def problems(seen: Connection, wanted: Rules) -> dict[str, str]:
    """What cannot be, by field (message ids)."""
    found: dict[str, str] = {}
    if wanted.policy is Policy.DOMAINS and not wanted.domains:
        found["domains"] = NO_DOMAINS
    if wanted.pin is Pin.ENTERPRISE and not seen.enterprise_id:
        found["pin"] = NO_ENTERPRISE
    if wanted.role not in ROLES:
        found["role"] = NO_SUCH_ROLE
    return found


def change(dbsession: Session, seen: Connection, wanted: Rules, actor: str) -> None:
    """Save the rules. Raises InvalidInput, and ChangedMeanwhile when somebody saved since ``seen`` was read.

    Another pin asks something else of Slack's answer, so that a test with the old one no longer counts, and with it
    goes Slack only: nobody shall be locked out by it.
    """
    for field, text in problems(seen, wanted).items():
        raise InvalidInput(field, text)
    values: dict[str, Any] = {
        "login_policy": wanted.policy.value,
        "login_domains": list(wanted.domains),
        "login_role": wanted.role.value,
        "login_guests": wanted.guests,
        "login_pin": wanted.pin.value,
    }
    if wanted.pin != seen.login_pin:
        values |= {"login_tested_at": None, "login_only": False}
    connections.change(dbsession, seen, values)
    before = {name: getattr(seen, name) for name in values if name != "login_tested_at"}
    after = {name: values[name] for name in before}
    audit.record(dbsession, seen.tenant_id, SETTINGS.action, actor=actor, before=before, after=after)
