from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cocoom_slack_plugin.login.next_path import LONGEST, local_path

HOME = "https://acme.cocoom.test"


@pytest.mark.parametrize(
    "path", ["/", "/ok?x=1#y", "/a/b-c_d.e~f", "/a%20b", "/search?u=https://x.example//y"]
)
def test_local_paths_stay_as_they_are(path: str) -> None:
    """S82"""
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        7,
        ["/x"],
        "",
        "ok",
        "//evil",
        "///evil",
        "/\\evil",
        "\\/evil",
        "https://evil/",
        "javascript:alert(1)",
        "https:evil",
        "/\t/evil",
        "/\n/evil",
        "/\u2028x",
        "/\x00",
        " /x",
        "/x y",
        "/\u200b/x",
        "/\ud800",
        "/" + "x" * LONGEST,
    ],
)
def test_everything_else_is_the_front_page(path: object) -> None:
    """S80, S81, S84"""
    assert local_path(path) == "/"


@given(st.text() | st.text(alphabet="/\\:@.?#%\t\n ehtpsvil[]").map(lambda text: "/" + text))
@example("/%2f%2fevil")
@example("/[")
@example("/..//evil")
def test_no_path_leaves_the_base(wanted: str) -> None:
    path = local_path(wanted)
    assert path.isascii()
    assert path.isprintable()
    assert " " not in path
    assert path.startswith("/")
    assert not path.startswith("//")
    there = urlsplit(urljoin(f"{HOME}/slack/sign-in", HOME + path))
    assert (there.scheme, there.netloc) == ("https", "acme.cocoom.test")
    relative = urlsplit(urljoin(f"{HOME}/slack/sign-in", path))
    assert relative.netloc == "acme.cocoom.test"


@given(st.text())
def test_it_settles(wanted: str) -> None:
    """What was accepted once is accepted again, unchanged."""
    once = local_path(wanted)
    assert local_path(once) == once
