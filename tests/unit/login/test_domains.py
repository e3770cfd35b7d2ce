from __future__ import annotations

import pytest

from cocoom_slack_plugin.login import domains
from cocoom_slack_plugin.login.domains import UnusableDomains


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("a@acme.example", "acme.example"),
        ("a@ACME.Example", "acme.example"),
        ("a@bücher.example", "xn--bcher-kva.example"),
        ("a@XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        ("a@straße.example", "xn--strae-oqa.example"),
        ("a@strasse.example", "strasse.example"),
        ("a@acme.example.evil", "acme.example.evil"),
        ("a@xacme.example", "xacme.example"),
        ("a@sub.acme.example", "sub.acme.example"),
        ("a@acme.example.", None),
        ("a@.acme.example", None),
        ("a@acme..example", None),
        ("a@evil.example@acme.example", None),
        ('"a@evil.example"@acme.example', None),
        ("@acme.example", None),
        ("acme.example", None),
        ("a@acme.example ", None),
        ("a@acme。example", None),  # an ideographic full stop
        ("a@acme．example", None),
        ("a@\u212aacme.example", None),  # KELVIN SIGN lowers to k
        ("a@acm\u0435.example", "xn--acm-tdd.example"),  # a Cyrillic letter
        ("a@acme\u00ad.example", None),  # SOFT HYPHEN
        ("a@acme\u200b.example", None),
        ("a@example", None),
        ("a@xn--a.example", None),
        ("a@" + "a" * 64 + ".example", None),
        ("a@" + "a." * 200 + "example", None),
        ("a@acme.example\x00", None),
        ("a@\ud800.example", None),
    ],
)
def test_of_email(email: str, domain: str | None) -> None:
    assert domains.of_email(email) == domain


def test_read() -> None:
    typed = " Acme.Example, @bücher.example;acme.example\nxn--bcher-kva.example "
    assert domains.read(typed) == ["acme.example", "xn--bcher-kva.example"]
    assert domains.read(" ,; ") == []


@pytest.mark.parametrize(
    "typed", ["acme", "a@acme.example", "*.acme.example", "https://acme.example", "acme.example."]
)
def test_what_is_no_domain_is_named(typed: str) -> None:
    with pytest.raises(UnusableDomains) as raised:
        domains.read(f"ok.example, {typed}")
    assert raised.value.value == typed
    assert raised.value.field == "domains"


def test_too_many() -> None:
    with pytest.raises(UnusableDomains, match="too many"):
        domains.read(",".join(f"a{number}.example" for number in range(domains.MOST + 1)))
