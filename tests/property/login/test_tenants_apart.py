"""For any two bases: nothing that arrives at one reads or changes a row of the other (Sentry's four CVEs)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from cocoom_slack_plugin.database import metadata
from tests.functional.login.host import ACME, GLOBEX
from tests.functional.login.visitor import Visitor, query_of

COOKIE = "__Host-cocoom-slack-sign-in"
TEAM, USER = "https://slack.com/team_id", "https://slack.com/user_id"
SLOWLY = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)

# "acme's" values are what an attacker could have got hold of; the rest is his own, or made up.
TEXTS = st.text(max_size=40)
WHOSE = st.sampled_from(["acme's", "globex's"])
PARAMETER = st.none() | WHOSE | TEXTS
CLAIMS = st.fixed_dictionaries(
    {},
    optional={
        "sub": st.sampled_from(["U0ALICE", "U0GINA"]),
        USER: st.sampled_from(["U0ALICE", "U0GINA"]),
        TEAM: st.sampled_from(["T0ACME", "T0GLOBEX"]),
        "email": st.sampled_from(["alice@acme.example", "gina@globex.example", "director@acme.example"]),
        "email_verified": st.sampled_from([True, False, "true"]),
        "aud": st.sampled_from(["1000000001.2000000001", "1000000002.2000000002"]),
        "nonce": TEXTS,
        "iss": TEXTS,
    },
)


def _snapshot(engine: Engine, tenant: str) -> dict[str, list[Any]]:
    with Session(engine) as session:
        return {
            table.name: sorted(map(str, session.execute(select(table).where(table.c.tenant_id == tenant))))
            for table in metadata.sorted_tables
        }


@contextmanager
def _statements(engine: Engine) -> Iterator[list[tuple[str, set[str]]]]:
    """Every statement on the plugin's tables, with the texts given to it."""
    seen: list[tuple[str, set[str]]] = []

    def notice(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "cocoom_slack_" in statement:
            given = parameters.values() if isinstance(parameters, dict) else parameters
            seen.append((statement, {str(value) for value in given}))

    event.listen(engine, "before_cursor_execute", notice)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", notice)


@pytest.fixture
def two(application: Any, people: Any, alice: Any, rows: Any) -> tuple[Visitor, str]:
    """At Acme somebody is signed in and known, and a second sign-in waits; here are its browser and its callback."""
    people.add(ACME, "u-director", "director@acme.example")
    people.add(GLOBEX, "u-gina", "gina@globex.example")
    people.add(GLOBEX, "u-alice", "other@globex.example")
    assert Visitor(application, ACME).sign_in().status_int == 303
    waiting = Visitor(application, ACME)
    return waiting, waiting.agree(waiting.start())


def _chosen(value: str | None, theirs: str, ours: str) -> str | None:
    return {"acme's": theirs, "globex's": ours}.get(value, value) if value is not None else None


@SLOWLY
@given(
    state=PARAMETER, code=PARAMETER, cookie=PARAMETER, next=PARAMETER, error=st.none() | TEXTS,
    iss=st.none() | TEXTS, claims=CLAIMS,
)  # fmt: skip
@example("acme's", "acme's", "acme's", None, None, None, {})
@example("globex's", "acme's", "globex's", None, None, None, {})
@example("acme's", "globex's", "acme's", None, None, None, {})
@example("globex's", "globex's", "globex's", None, None, None, {})
@example("globex's", "globex's", "globex's", "acme's", None, None, {"sub": "U0ALICE", USER: "U0ALICE"})
@example(
    "globex's", "globex's", "globex's", None, None, None,
    {"sub": "U0ALICE", USER: "U0ALICE", "email": "director@acme.example", "email_verified": True},
)  # fmt: skip
def test_nothing_at_one_base_reads_or_changes_a_row_of_the_other(
    two: tuple[Visitor, str], application: Any, engine: Engine, slack: Any, people: Any,
    state: str | None, code: str | None, cookie: str | None, next: str | None, error: str | None,
    iss: str | None, claims: dict[str, Any],
) -> None:  # fmt: skip
    """S29, S104, S105, S106, S143, and every neighbour of theirs that hypothesis thinks of."""
    at_acme, back = two
    theirs, here = query_of(back), Visitor(application, GLOBEX)
    before, accounts, sessions = _snapshot(engine, "acme"), dict(people.users), dict(people.sessions)
    slack.control.clear_id_token()
    if claims:
        slack.control.id_token(app="A0GLOBEX", claims=claims)
    known = {**theirs, "cookie": at_acme.app.cookies[COOKIE].strip('"'), "next": f"{ACME.url}/x"}
    with _statements(engine) as statements:
        answer = _attempt(here, known, state, code, cookie, next, error, iss)
    assert _snapshot(engine, "acme") == before
    assert {key: user for key, user in people.users.items() if key[0] == "acme"} == {
        key: user for key, user in accounts.items() if key[0] == "acme"
    }
    assert {people.sessions[each][0] for each in set(people.sessions) - set(sessions)} <= {"globex"}
    for statement, given_texts in statements:
        assert "globex" in given_texts, statement
        assert "acme" not in given_texts, statement
    assert "Acme" not in answer.text
    assert "acme" not in answer.headers.get("Location", "")
    if answer.status_int == 303:
        assert people.sessions[here.session] in (("globex", "u-gina"), ("globex", "u-alice"))


def _attempt(
    here: Visitor, known: dict[str, str], state: str | None, code: str | None, cookie: str | None,
    next: str | None, error: str | None, iss: str | None,
) -> Any:  # fmt: skip
    """Start at Globex, then come back there with what was chosen."""
    own = query_of(here.agree(here.start(_chosen(next, known["next"], "/own") or "/")))
    given = {
        "state": _chosen(state, known["state"], own["state"]),
        "code": _chosen(code, known["code"], own["code"]),
        "next": _chosen(next, known["next"], "/own"),
        "error": error,
        "iss": iss,
    }
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in given.items() if value is not None)
    mine = here.app.cookies[COOKIE].strip('"')
    value = _chosen(cookie, known["cookie"], mine)
    here.app.reset()
    headers = {} if value is None else {"Cookie": f"{COOKIE}={quote(value, safe='')}"}
    return here.get(f"/oidc?{query}", headers=headers)
