"""What stands next to the cases of the attack table: odd states, cookies, claims and keys."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from social_core.backends.open_id_connect import OpenIdConnectAuth

from demo.slack.signin.keys import base64url

from .moments import NOW, at_last
from .visitor import query_of

COOKIE = "__Host-cocoom-slack-sign-in"
TEAM, USER = "https://slack.com/team_id", "https://slack.com/user_id"
CLIENT = "1000000001.2000000001"

# --- the state ---


@pytest.mark.parametrize(
    "altered",
    [
        lambda state: state.swapcase(),
        lambda state: quote(quote(state + "%")),
        lambda state: state + "%00",
        lambda state: "%00" + state,
        lambda state: state + "%20",
        lambda state: "%20" + state,
        lambda state: state + "%0a",
        lambda state: state[:-1],
        lambda state: state + "\N{COMBINING ACUTE ACCENT}",
        lambda state: "\N{FULLWIDTH LATIN SMALL LETTER A}" * len(state),
        lambda state: "%25",
        lambda state: "' OR 1=1 --",
    ],
)
def test_a_state_that_is_nearly_ours(
    acme: Any, alice: Any, refused: Any, token_calls: Any, altered: Callable[[str], str]
) -> None:
    """S21: states are compared as they are, to the letter."""
    state = query_of(acme.start())["state"]
    refused(acme.get(f"/oidc?code=x&state={quote(altered(state), safe='%')}"), "session_lost")
    assert token_calls() == 0


def test_a_percent_encoded_state_is_the_same_state(acme: Any, alice: Any) -> None:
    """S21: encoding once is what an address may do."""
    address = acme.start()
    query = query_of(acme.agree(address))
    encoded = "".join(f"%{ord(character):02x}" for character in query["state"])
    assert acme.get(f"/oidc?code={query['code']}&state={encoded}").status_int == 303


@pytest.mark.parametrize("code", ["%00", "x" * 20_000, "%F0%9F%98%80", "a%0d%0aHost:%20evil"])
def test_a_code_of_another_form_goes_to_slack_as_data(
    acme: Any, alice: Any, slack: Any, rows: Any, code: str
) -> None:
    """S36: Slack says what it thinks of it, and nothing of it becomes a header."""
    state = query_of(acme.start())["state"]
    assert acme.get(f"/oidc?code={code}&state={state}").status_int in (400, 503)
    assert acme.session is None
    assert all("evil" not in str(call["headers"]) for call in slack.control.requests())


# --- the cookie ---


def _raw(acme: Any, path: str, cookie: str) -> Any:
    acme.app.reset()
    return acme.get(path, headers={"Cookie": cookie})


@pytest.mark.parametrize(
    "cookie",
    [
        f"{COOKIE}={'x' * 8000}",
        f"{COOKIE}=",
        f"{COOKIE}",
        f'{COOKIE}="',
        f"{COOKIE}=\xff\xfe",
        f"{COOKIE}=%00",
        f"{COOKIE.lower()}={'x' * 43}",
        ";" * 2000,
    ],
    ids=["long", "empty", "bare", "quote", "bytes", "NUL", "lower case", "semicolons"],
)
def test_a_cookie_of_another_form_is_none(acme: Any, alice: Any, refused: Any, cookie: str) -> None:
    """S40"""
    back = acme.agree(acme.start())
    refused(_raw(acme, back, cookie), "session_lost")


@pytest.mark.parametrize("first", [True, False])
def test_of_two_cookies_with_the_same_name_at_most_one_counts(
    acme: Any, alice: Any, rows: Any, first: bool
) -> None:
    """S23: whichever the framework takes, a browser that planted both gains nothing it did not have."""
    back = acme.agree(acme.start())
    ours, other = acme.app.cookies[COOKIE].strip('"'), "x" * 43
    pair = (ours, other) if first else (other, ours)
    answer = _raw(acme, back, "; ".join(f"{COOKIE}={value}" for value in pair))
    assert answer.status_int in (303, 400)
    assert rows.outcomes == ["ok" if answer.status_int == 303 else "session_lost"]


# --- the id_token ---


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": [CLIENT, CLIENT]},
        {"aud": [CLIENT, CLIENT, "other"]},
        {"aud": []},
        {"aud": {"0": CLIENT}},
        {"aud": [[CLIENT]]},
        {"aud": CLIENT + " "},
        {"aud": [CLIENT, None]},
        {"azp": [CLIENT]},
        {"azp": None},
        {"exp": -1},
        {"exp": "tomorrow"},
        {"exp": None},
        {"exp": [NOW + 300]},
        {"iat": 10**400},
        {"iat": -(10**400)},
        {"iat": 1e308},
        {"iat": None},
        {"iat": True},
        {"iat": {}},
        {"nbf": 10**400},
        {"nbf": "soon"},
        {"nbf": []},
        {"iss": None},
        {"iss": ["https://slack.com"]},
        {"iss": ""},
        {"sub": ""},
        {"sub": None},
        {"sub": ["U0ALICE"]},
        {"sub": "U0ALICE\x00", USER: "U0ALICE\x00"},
        {"sub": "U0ALICE\n", USER: "U0ALICE\n"},
        {"sub": "", USER: ""},
        {"sub": "U" * 65, USER: "U" * 65},
        {"sub": "U0ÀLICE", USER: "U0ÀLICE"},
        {TEAM: "T0ACME\n"},
        {TEAM: " T0ACME"},
        {TEAM: "T0ACME\x00"},
        {TEAM: {"id": "T0ACME"}},
        {TEAM: True},
        {"at_hash": ["x"]},
        {"at_hash": ""},
        {"at_hash": "é"},
        {"at_hash": None},
    ],
    ids=lambda claims: str(claims)[:60],
)
def test_a_token_with_an_odd_claim(
    acme: Any, alice: Any, slack: Any, refused: Any, rows: Any, claims: dict[str, Any]
) -> None:
    """S61, S64, S65, S66, S67, S69, S74: a value of the wrong kind is a refusal, never a crash."""
    slack.control.id_token(claims=at_last(claims))
    refused(acme.sign_in(), "token_invalid")
    assert rows.identities == rows.persons == []


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": NOW + 300.5},
        {"exp": 10**400},
        {"iat": NOW - 0.25},
        {"nbf": NOW - 1},
        {"email": "alice@acme.example", "email_verified": True, "name": "x" * 10_000},
        {"https://slack.com/enterprise_id": None},
        {"something_new": {"nested": [1, 2, 3]}},
    ],
    ids=lambda claims: str(claims)[:60],
)
def test_a_token_that_is_unusual_and_right(acme: Any, alice: Any, slack: Any, claims: dict[str, Any]) -> None:
    """S64, S66: fractions of a second are numbers (RFC 7519 2), and new claims are ignored."""
    slack.control.id_token(claims=at_last(claims))
    assert acme.sign_in().status_int == 303


@pytest.mark.parametrize("max_age", ["fresh", "a day old"])
def test_the_time_of_authentication_is_neither_asked_for_nor_looked_at(
    acme: Any, alice: Any, slack: Any, max_age: str
) -> None:
    """S76: Slack documents no ``max_age``; so none is sent, and ``auth_time`` decides nothing."""
    if max_age != "fresh":
        slack.control.id_token(claims=at_last({"auth_time": NOW - 86_400}))
    address = acme.start()
    assert not {"max_age", "prompt", "acr_values", "login_hint"} & set(query_of(address))
    assert acme.get(acme.agree(address)).status_int == 303


@pytest.mark.parametrize("team", ["t0acme", "T0acme", "T0ACME2", "T0ACM", "TOACME"])
def test_a_workspace_that_is_nearly_ours(acme: Any, alice: Any, slack: Any, refused: Any, team: str) -> None:
    """S100"""
    slack.control.id_token(claims={TEAM: team})
    refused(acme.sign_in(), "wrong_workspace")


@pytest.mark.parametrize(
    "email",
    [
        "alice@acme.example ",
        " alice@acme.example",
        "alice@acme.example.",
        "alice@acme.example\u200b",
        "\N{CYRILLIC SMALL LETTER A}lice@acme.example",
        "alice@\N{CYRILLIC SMALL LETTER A}cme.example",
        "\N{FULLWIDTH LATIN SMALL LETTER A}lice@acme.example",
        "alice@acme.examp\N{LATIN SMALL LIGATURE FF}e",
        "alice+x@acme.example",
        "a.lice@acme.example",
        "alice%00@acme.example",
        "%@acme.example",
        "alic_@acme.example",
        '"alice"@acme.example',
        "Alice <alice@acme.example>",
        "alice@acme.example,bob@acme.example",
    ],
)
def test_an_email_that_is_nearly_somebodys(acme: Any, alice: Any, slack: Any, rows: Any, email: str) -> None:
    """S113, S114: an address is met letter by letter, but for the case of ASCII."""
    slack.control.id_token(claims={"email": email})
    assert acme.sign_in().status_int == 403
    assert rows.outcomes[0] in ("not_invited", "email_missing")
    assert rows.identities == []


# --- tokens and keys that the stand-in would not make ---


@pytest.fixture
def fresh_keys() -> Iterator[None]:
    OpenIdConnectAuth.get_jwks_keys_for_uri.invalidate()
    yield
    OpenIdConnectAuth.get_jwks_keys_for_uri.invalidate()


def _signed(slack: Any, header: str, payload: str) -> str:
    """A token of these very texts, signed with the stand-in's own key."""
    message = f"{base64url(header.encode())}.{base64url(payload.encode())}"
    key = slack.run(lambda there: there.keys.current.private)
    return f"{message}.{base64url(key.sign(message.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _claims(slack: Any, nonce: str) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": slack.url,
        "aud": CLIENT,
        "nonce": nonce,
        "iat": now,
        "exp": now + 300,
        "sub": "U0ALICE",
        USER: "U0ALICE",
        TEAM: "T0ACME",
        "email": "alice@acme.example",
        "email_verified": True,
    }


@pytest.fixture
def given_token(acme: Any, slack: Any) -> Callable[[Callable[[str, str], tuple[str, str]]], Any]:
    """Come back from Slack with a token whose header and payload were rewritten as texts."""

    def come_back(rewrite: Callable[[str, str], tuple[str, str]]) -> Any:
        address = acme.start()
        back = acme.agree(address)
        kid = slack.run(lambda there: there.keys.current.kid)
        header = json.dumps({"typ": "JWT", "alg": "RS256", "kid": kid})
        payload = json.dumps(_claims(slack, query_of(address)["nonce"]))
        token = _signed(slack, *rewrite(header, payload))
        slack.control.fault("rewrite", "openid.connect.token", merge={"id_token": token})
        return acme.get(back)

    return come_back


def test_the_tokens_made_here_are_good(alice: Any, given_token: Any) -> None:
    assert given_token(lambda header, payload: (header, payload)).status_int == 303


@pytest.mark.parametrize("last", ["T0GLOBEX", "T0ACME"])
def test_of_a_claim_that_is_there_twice_all_readers_take_the_same(
    acme: Any, alice: Any, given_token: Any, rows: Any, last: str
) -> None:
    """S100, S102: one parser reads the token once, so nobody checks one value and uses the other."""
    first = "T0ACME" if last == "T0GLOBEX" else "T0GLOBEX"

    def twice(header: str, payload: str) -> tuple[str, str]:
        return header, payload.replace(f'"{TEAM}": "T0ACME"', f'"{TEAM}": "{first}", "{TEAM}": "{last}"')

    answer = given_token(twice)
    assert rows.outcomes == ["wrong_workspace" if last == "T0GLOBEX" else "ok"]
    assert (answer.status_int == 303) is (last == "T0ACME")
    assert {row.team_id for row in rows.identities} <= {"T0ACME"}


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda header, payload: (header, "[]"),
        lambda header, payload: (header, "null"),
        lambda header, payload: (header, "{"),
        lambda header, payload: (header, '"text"'),
        lambda header, payload: (header, re.sub(r'"exp": [0-9]+', '"exp": NaN', payload)),
        lambda header, payload: (header, re.sub(r'"exp": [0-9]+', '"exp": Infinity', payload)),
        lambda header, payload: (header, re.sub(r'"iat": [0-9]+', '"iat": -Infinity', payload)),
        lambda header, payload: (header, re.sub(r'"iat": [0-9]+', '"iat": NaN', payload)),
        lambda header, payload: (header, '{"a":' * 5000 + "1" + "}" * 5000),
        lambda header, payload: (header, "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")),
        lambda header, payload: ("[]", payload),
        lambda header, payload: ("null", payload),
        lambda header, payload: (header.replace('"kid": "', '"kid": ["').replace('"}', '"]}'), payload),
        lambda header, payload: (header.replace('"kid"', '"kid": 5, "x"'), payload),
        lambda header, payload: (header.replace('"kid"', '"kid": {}, "x"'), payload),
        lambda header, payload: (header.replace('"kid"', '"kid": "", "x"'), payload),
        lambda header, payload: (header.replace('"kid"', '"kid": "../../etc/passwd", "x"'), payload),
        lambda header, payload: (header.replace("RS256", "rs256"), payload),
        lambda header, payload: (header.replace("RS256", "RS512"), payload),
        lambda header, payload: (header.replace('"RS256"', "null"), payload),
        lambda header, payload: (header.replace('"typ"', '"crit": ["b64"], "b64": false, "typ"'), payload),
    ],
    ids=[
        "list", "null", "cut", "text", "exp NaN", "exp Infinity", "iat -Infinity", "iat NaN", "deep", "bytes",
        "header list", "header null", "kid list", "kid number", "kid object", "kid empty", "kid path",
        "alg lower case", "alg RS512", "alg null", "crit",
    ],
)  # fmt: skip
def test_a_token_that_is_not_quite_one(
    alice: Any, given_token: Any, refused: Any, rows: Any, rewrite: Callable[[str, str], tuple[str, str]]
) -> None:
    """S71, S72: signed by Slack's own key, and still refused."""
    answer = given_token(rewrite)
    (outcome,) = rows.outcomes
    assert outcome in ("token_invalid", "bad_answer")
    refused(answer, outcome)
    assert rows.identities == []


@pytest.mark.parametrize(
    "change",
    [
        lambda key: {name: value for name, value in key.items() if name != "n"},
        lambda key: {name: value for name, value in key.items() if name != "e"},
        lambda key: {name: value for name, value in key.items() if name != "kty"},
        lambda key: {**key, "n": 5},
        lambda key: {**key, "n": ""},
        lambda key: {**key, "n": "é"},
        lambda key: {**key, "kty": "EC"},
        lambda key: {**key, "kty": "oct", "k": key["n"]},
        lambda key: {**key, "alg": "HS256"},
        lambda key: {**key, "alg": "none"},
        lambda key: {**key, "alg": 5},
        lambda key: {**key, "e": "AA"},
    ],
    ids=[
        "no n",
        "no e",
        "no kty",
        "n number",
        "n empty",
        "n letters",
        "EC",
        "oct",
        "HS256",
        "none",
        "alg 5",
        "e 0",
    ],
)
def test_a_key_that_is_not_quite_one(
    acme: Any, alice: Any, slack: Any, rows: Any, fresh_keys: Any, change: Callable[[Any], Any]
) -> None:
    """S72: whatever the key set holds, it ends in a refusal, and the next sign-in works."""
    keys = slack.run(lambda there: there.keys.jwks()["keys"])
    slack.control.fault("rewrite", "keys", merge={"keys": [change(key) for key in keys]})
    assert acme.sign_in().status_int in (403, 503)
    assert rows.outcomes[0] in ("token_invalid", "bad_answer")
    slack.control.clear_faults()
    OpenIdConnectAuth.get_jwks_keys_for_uri.invalidate()
    assert acme.sign_in().status_int == 303


def test_ten_thousand_keys_are_not_read(
    acme: Any, alice: Any, slack: Any, refused: Any, fresh_keys: Any
) -> None:
    """S50, S72: four megabytes of keys are more than an answer may be."""
    (key, *_) = slack.run(lambda there: there.keys.jwks()["keys"])
    many = [{**key, "kid": f"k{number}"} for number in range(10_000)]
    slack.run(lambda there: there.faults.clear())
    back = acme.agree(acme.start())
    slack.control.fault("rewrite", "keys", merge={"keys": many})
    begun = time.monotonic()
    refused(acme.get(back), "bad_answer")
    assert time.monotonic() - begun < 2.5


def test_a_thousand_keys_are_searched_within_the_deadline(
    acme: Any, alice: Any, slack: Any, fresh_keys: Any
) -> None:
    """S72: without a ``kid`` all of them are tried."""
    (key, other) = slack.run(lambda there: there.keys.jwks()["keys"])
    slack.control.fault("rewrite", "keys", merge={"keys": [other] * 1000 + [key]})
    slack.control.id_token(kid=None)
    begun = time.monotonic()
    assert acme.sign_in().status_int == 303
    assert time.monotonic() - begun < 4


def test_the_use_of_a_key_is_not_looked_at(acme: Any, alice: Any, slack: Any, fresh_keys: Any) -> None:
    """S72: documented, not wished for: a key marked for encryption verifies too. The set comes from Slack alone, over
    TLS, so whoever could add a key there could mark it as they like."""
    keys = slack.run(lambda there: there.keys.jwks()["keys"])
    slack.control.fault("rewrite", "keys", merge={"keys": [{**key, "use": "enc"} for key in keys]})
    assert acme.sign_in().status_int == 303
