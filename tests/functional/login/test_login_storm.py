"""Five hundred sign-ins on twenty threads at two bases (about fifteen seconds)."""

from __future__ import annotations

import random
import threading
from collections import Counter
from typing import Any
from unittest.mock import patch

import pytest

from cocoom_hooks.payloads import Tenant
from cocoom_slack_plugin.login import identity

from .host import ACME, GLOBEX, make_host
from .visitor import Visitor, query_of

THREADS, ROUNDS = 20, 25
PEOPLE = {
    "acme": [
        ("U0ALICE", "alice@acme.example"),
        ("U0BOB", "bob@acme.example"),
        ("U0CHLOE", "chloe@acme.example"),
    ],
    "globex": [("U0GINA", "gina@globex.example"), ("U0HUGO", "hugo@globex.example")],
}
APPS = {"acme": "1000000001.2000000001", "globex": "1000000002.2000000002"}


@pytest.mark.storm
def test_nothing_of_one_sign_in_shows_up_in_another(engine: Any, slack: Any, rows: Any, people: Any) -> None:
    """S157: every one ends as the right person of the right base, and no call mixes two bases' values."""
    # Twenty threads and Slack share one interpreter here: how long a call takes says nothing about the product.
    application = make_host(engine, people, slack.url, slack_timeout=60)
    slack.control.calm()  # nobody agrees in advance; each sign-in says who agrees
    slack.control.limits(enabled=False, tiers_enabled=False)
    slack.control.recorder(kept=5000)
    for tenant in (ACME, GLOBEX):
        for slack_user, email in PEOPLE[tenant.id]:
            people.add(tenant, f"{tenant.id}-{slack_user}", email)
            # Two first sign-ins of one person at once are another test's business (S117).
            assert _sign_in(application, people, tenant, slack_user, email) == "right"
    found: Counter[str] = Counter()
    barrier = threading.Barrier(THREADS)

    def run(number: int) -> None:
        chance = random.Random(number)
        barrier.wait()
        for turn in range(ROUNDS):
            tenant = (ACME, GLOBEX)[(number + turn) % 2]
            found[_sign_in(application, people, tenant, *chance.choice(PEOPLE[tenant.id]))] += 1

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {"right": THREADS * ROUNDS}
    _assert_calls_are_pure(slack)
    _assert_rows_are_pure(rows)


def _sign_in(application: Any, people: Any, tenant: Tenant, slack_user: str, email: str) -> str:
    visitor = Visitor(application, tenant)
    # As if the button's page had been looked at before: these bases' CSRF token is a cookie's double.
    visitor.app.set_cookie("csrf_token", "t" * 20)
    address = str(visitor.press(f"/{slack_user}", token="t" * 20).headers["Location"])
    query = query_of(address)
    if query["client_id"] != APPS[tenant.id] or query["redirect_uri"] != f"{tenant.url}/oidc":
        return "another base's address"
    team = query["team"]
    answer = visitor.get(visitor.agree(f"{address}&as_user={team}.{slack_user}"))
    if answer.status_int != 303:
        return f"status {answer.status_int}"
    if people.sessions[visitor.session] != (tenant.id, f"{tenant.id}-{slack_user}"):
        return "somebody else's session"
    return "right" if answer.headers["Location"] == f"{tenant.url}/{slack_user}" else "another place"


def _assert_calls_are_pure(slack: Any) -> None:
    calls = slack.control.requests("openid.connect.token")
    assert len(calls) == THREADS * ROUNDS + 5
    for call in calls:
        given = call["arguments"]
        (tenant,) = [name for name, client_id in APPS.items() if client_id == given["client_id"]]
        assert given["client_secret"] == f"{tenant}-client-secret"
        assert given["redirect_uri"] == f"https://{tenant}.cocoom.test/oidc"


def _assert_rows_are_pure(rows: Any) -> None:
    assert len(rows.identities) == 5
    for row in rows.identities:
        assert row.user_id == f"{row.tenant_id}-{row.slack_user_id}"
    assert set(rows.outcomes) == {"ok"}
    assert len(rows.audit) == THREADS * ROUNDS + 5


def test_the_slower_of_two_first_sign_ins_of_one_person_is_that_person_too(
    application: Any, alice: Any, rows: Any
) -> None:
    """S117: a double click; the other one is bound between our look and our own binding, to the very same account."""
    assert Visitor(application, ACME).sign_in().status_int == 303
    find, bind, tried = identity.find, identity.bind, []
    slower = Visitor(application, ACME)
    with (
        patch.object(identity, "find", lambda *given: find(*given) if tried else None),
        patch.object(identity, "bind", lambda *given: (tried.append(True), bind(*given))[1]),
    ):
        answer = slower.sign_in()
    assert len(rows.identities) == 1
    assert answer.status_int == 303
