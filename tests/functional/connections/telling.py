"""Something to tell, decided: notices that wait in lanes."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.notifications import outbox
from cocoom_slack_plugin.notifications.events import CONNECTION_TESTED, ConnectionTested
from cocoom_slack_plugin.notifications.undecided import decide_batch
from cocoom_slack_plugin.testing import envelope

ACME = Tenant(id="t-acme", subdomain="acme", name="Acme", url="http://acme.localhost:6543")


def tell(engine: Engine, *channels: str) -> None:
    """One notice for each of these channels of acme."""
    with Session(engine) as dbsession:
        for channel in channels:
            outbox.record(dbsession, CONNECTION_TESTED, ConnectionTested(**envelope(ACME), channel=channel))
        decide_batch(dbsession)
        dbsession.commit()
