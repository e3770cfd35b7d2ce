"""Letters to people, shown in the outbox instead of being mailed."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from cocoom_hooks.payloads import AdministratorNotice, Tenant
from demo.cocoom import queries
from demo.cocoom.tables import LetterRow


def write(dbsession: Session, tenant: Tenant, recipient: str, notice: AdministratorNotice) -> None:
    letter = LetterRow(
        id=uuid.uuid4().hex,
        tenant_id=tenant.id,
        recipient=recipient,
        subject=notice.subject,
        text=notice.text,
        url=notice.url,
        written_at=datetime.now(UTC),
    )
    dbsession.add(letter)
    dbsession.flush()


def tell_administrators(dbsession: Session, tenant: Tenant, notice: AdministratorNotice) -> int:
    """One letter for each active administrator. Returns how many there are."""
    recipients = queries.administrators(dbsession, tenant.id)
    for administrator in recipients:
        write(dbsession, tenant, administrator.email, notice)
    return len(recipients)
