"""For how long a search in vain counts: a pure question on values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cocoom_slack_plugin.people.stranger import Reason, Stranger

DAY = 86_400.0
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _stranger(**fields: Any) -> Stranger:
    known = {"user_id": "zoe", "team_id": "T0ACME", "email": "zoe@acme.example", "display_name": "Zoe"}
    times = {"looked_up_at": NOW, "last_missed_at": NOW, "age": 60.0, "missed": 1}
    return Stranger(**{**known, **times, "reason": Reason.NOT_FOUND, **fields})


def _holds(stranger: Stranger, **asked: Any) -> bool:
    known = {"email": "zoe@acme.example", "team_id": "T0ACME", "may_look": True, "seconds": DAY}
    return stranger.still_holds(**{**known, **asked})


@pytest.mark.parametrize(("age", "holds"), [(0.0, True), (DAY - 1, True), (DAY, False), (30 * DAY, False)])
def test_who_was_not_found_is_looked_for_again_after_the_time(age: float, holds: bool) -> None:
    assert _holds(_stranger(age=age)) is holds


@pytest.mark.parametrize("age", [60.0, 30 * DAY], ids=["young", "old"])
def test_that_we_may_not_look_holds_for_as_long_as_we_may_not(age: float) -> None:
    without = _stranger(age=age, reason=Reason.NO_SCOPE)
    assert _holds(without, may_look=False)
    assert not _holds(without, may_look=True)


def test_who_was_not_found_before_we_lost_the_scope_is_noted_anew() -> None:
    """The administrator is to read the reason of today."""
    assert not _holds(_stranger(), may_look=False)


@pytest.mark.parametrize("reason", Reason, ids=lambda reason: str(reason))
@pytest.mark.parametrize(
    "changed", [{"email": "zoe.petit@acme.example"}, {"team_id": "T0OTHER"}], ids=["e-mail", "workspace"]
)
def test_nothing_holds_for_another_email_or_workspace(reason: Reason, changed: dict[str, str]) -> None:
    assert not _holds(_stranger(reason=reason), may_look=reason is Reason.NOT_FOUND, **changed)


def test_case_makes_no_other_email() -> None:
    assert _holds(_stranger(), email="Zoe@ACME.example")
