"""What a record says of a change: the fields that differ, and of a secret only that it did."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretBytes, SecretStr

from cocoom_slack_plugin.audit import difference

WORDS = st.sampled_from(["", "T1", "T2", "é", "\0", "xoxb"])
PLAIN = st.none() | st.booleans() | st.integers(0, 3) | WORDS | st.lists(WORDS, max_size=2)
FIELDS = st.dictionaries(st.sampled_from("abcde"), PLAIN)


def test_only_what_differs() -> None:
    before = {"team": "T1", "on": True, "scopes": ["a"]}
    after = {"team": "T2", "on": True, "scopes": ["a"]}
    assert difference(before, after) == {"team": {"before": "T1", "after": "T2"}}


def test_a_field_that_is_missing_is_none() -> None:
    assert difference({}, {"team": "T1"}) == {"team": {"before": None, "after": "T1"}}
    assert difference({"team": "T1"}, {}) == {"team": {"before": "T1", "after": None}}
    assert difference({"team": None}, {}) == {}


def test_a_secret_is_added_changed_or_removed() -> None:
    one, other = SecretStr("hush-1"), SecretStr("hush-2")
    assert difference({}, {"token": one}) == {"token": "added"}
    assert difference({"token": one}, {"token": other}) == {"token": "changed"}
    assert difference({"token": other}, {}) == {"token": "removed"}
    assert difference({"token": one}, {"token": SecretStr("hush-1")}) == {}
    assert difference({"key": SecretBytes(b"hush")}, {}) == {"key": "removed"}


def test_one_side_that_is_a_secret_hides_both() -> None:
    assert difference({"token": "hush-1"}, {"token": SecretStr("hush-2")}) == {"token": "changed"}


@given(before=FIELDS, after=FIELDS)
def test_it_is_plain_and_tells_all(before: dict[str, object], after: dict[str, object]) -> None:
    found = difference(before, after)
    assert json.loads(json.dumps(found)) == found
    known = {**before, **{name: change["after"] for name, change in found.items()}}
    assert {name: value for name, value in known.items() if value is not None} == {
        name: value for name, value in after.items() if value is not None
    }


@given(before=FIELDS, after=FIELDS, secret=st.sampled_from(["hush-hush-1", "xoxb-hush"]))
def test_no_secret_is_in_it(before: dict[str, object], after: dict[str, object], secret: str) -> None:
    found = difference({**before, "s": SecretStr(secret)}, {**after, "s": None})
    assert secret not in json.dumps(found["s"])
