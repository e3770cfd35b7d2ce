"""``next`` never leaves the base, whoever reads the address (security.md S80-S84)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from requests.models import PreparedRequest
from webob import Request
from yarl import URL

from cocoom_slack_plugin.login.next_path import local_path
from tests.functional.login.host import ACME
from tests.functional.login.visitor import Visitor

# Separated by single spaces; the invisible ones come after them.
SEEN = "/ // \\ /\\ @ : ? # % %2f %5c %00 %0d%0a .. . [ ] & ; evil.example http: https:// javascript: é"
HOSTS = "acme.cocoom.test globex.cocoom.test"
UNSEEN = "\t\n\r\x00\x7f \u00a0\u3000\u2028\u200b\ufeff\u2215\uff0f\ud800"
BITS = st.sampled_from([*SEEN.split(" "), *HOSTS.split(" "), *UNSEEN])
WANTED = (
    st.text()
    | st.lists(BITS, max_size=12).map("".join)
    | st.lists(BITS, max_size=12).map(lambda b: "/" + "".join(b))
)


def _origins(location: str) -> set[tuple[str, str]]:
    """Scheme and host as four libraries read them, and as a browser would join them with the page's address."""
    parts, joined = urlsplit(location), urlsplit(urljoin(f"{ACME.url}/oidc?code=x", location))
    url, blank, prepared = URL(location), Request.blank(location.partition("#")[0]), PreparedRequest()
    prepared.prepare_url(location, None)
    asked = urlsplit(str(prepared.url))
    return {
        (parts.scheme, parts.netloc),
        (joined.scheme, joined.netloc),
        (url.scheme, url.raw_authority),
        (blank.scheme, blank.host.removesuffix(":443")),
        (asked.scheme, asked.netloc),
    }


@settings(max_examples=400, deadline=None)
@given(wanted=WANTED)
@example("//evil.example")
@example("/\\evil.example")
@example("/%09/evil.example")
@example("/.//evil.example")
@example("/..//evil.example")
@example("@evil.example")
@example(".evil.example")
@example(":443@evil.example/")
def test_every_parser_reads_the_bases_own_origin(wanted: str) -> None:
    """S80, S81, S84"""
    assert _origins(ACME.url + local_path(wanted)) == {("https", "acme.cocoom.test")}


@settings(max_examples=300, deadline=None)
@given(wanted=WANTED)
def test_the_path_alone_never_names_a_host(wanted: str) -> None:
    """S80: a page that used the path without the base's address before it would still stay."""
    path = local_path(wanted)
    assert not URL(path).host
    assert not urlsplit(path).netloc
    assert not path.startswith(("//", "/\\"))
    assert path.isascii()
    assert path.isprintable()


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(wanted=WANTED.filter(lambda text: "\ud800" not in text))
@example("//evil.example")
def test_the_final_redirect_is_to_the_base(application: Any, alice: Any, rows: Any, wanted: str) -> None:
    """S10, S80, S81, S82, S84, S90: through the form, the row and the callback."""
    visitor = Visitor(application, ACME)
    answer = visitor.get(visitor.agree(visitor.start(wanted)) + "&next=https://evil.example/")
    assert answer.status_int == 303
    assert _origins(answer.headers["Location"]) == {("https", "acme.cocoom.test")}


@pytest.mark.parametrize("wanted", ["/ok?x=1#y", "/a/b", "/%C3%A9"])
def test_a_local_path_arrives_as_it_was(application: Any, alice: Any, wanted: str) -> None:
    """S82"""
    assert Visitor(application, ACME).sign_in(wanted).headers["Location"] == ACME.url + wanted
