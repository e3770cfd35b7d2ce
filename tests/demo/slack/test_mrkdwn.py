from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.slack.pages.mrkdwn import Names, plain, rendered, unescaped

NAMES = Names(
    user={"U1": "Alice <b>"}.get,
    channel={"C1": "news"}.get,
    tz="UTC",
)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "*bold* _slanted_ ~gone~ `code`",
            "<strong>bold</strong> <em>slanted</em> <s>gone</s> <code>code</code>",
        ),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("* not bold *", "* not bold *"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("`*not bold*`", "<code>*not bold*</code>"),
        ("```\na < b\n```", "<pre>a &lt; b</pre>"),
        ("a\nb", "a<br>b"),
        ("&gt; quoted\nplain", "<blockquote>quoted</blockquote>plain"),
        ("Tom &amp; Jerry &lt;3", "Tom &amp; Jerry &lt;3"),
        ("&amp;lt;", "&amp;lt;"),
        (":wave: :no-such:", "👋 :no-such:"),
        ("<@U1>", '<span class="mention">@Alice &lt;b&gt;</span>'),
        ("<@U9|bob>", '<span class="mention">@bob</span>'),
        ("<#C1>", '<span class="mention">#news</span>'),
        ("<!here>", '<span class="mention crowd">@here</span>'),
        ("<!subteam^S1|@team>", '<span class="mention">@team</span>'),
        (
            "<https://x.example/?a=1&amp;b=2|a *label*>",
            '<a href="https://x.example/?a=1&amp;b=2" rel="noopener noreferrer nofollow">a *label*</a>',
        ),
        (
            "*<https://x.example|bold link>*",
            '<strong><a href="https://x.example" rel="noopener noreferrer nofollow">bold link</a></strong>',
        ),
        (
            "<mailto:a@x.example>",
            '<a href="mailto:a@x.example" rel="noopener noreferrer nofollow">a@x.example</a>',
        ),
        ("<!date^1392734382^{date_num} {time_secs}|then>", "<time>2014-02-18 14:39:42</time>"),
        ("<!date^1392734382^{date_long}|then>", "<time>Tuesday, February 18, 2014</time>"),
        ("<!date^1392734382^{date_short_pretty}|then>", "<time>Feb 18, 2014</time>"),
        ("<!date^1392734382^{unheard_of}|then>", "<time>then</time>"),
        ("<!date^soon^{date}|then>", "<time>then</time>"),
        (
            "<!date^1392734382^{date_num}^https://x.example|then>",
            '<a href="https://x.example" rel="noopener noreferrer nofollow">2014-02-18</a>',
        ),
        ("<!date^>", "<time></time>"),
    ],
)
def test_mrkdwn_becomes_the_html_a_reader_expects(text: str, html: str) -> None:
    assert rendered(text, NAMES) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<javascript:alert(1)|click>",
        '<https://x" onmouseover="alert(1)|x>',
        "<https://x|<script>alert(1)</script>>",
        '<https://x`" onclick=alert(1) `|y>',
        "```<script>```",
        "`<b onclick=x>`",
        "\ue0000\ue001<b>\ue0001\ue001",
        "*<script>*",
        "<!<script>>",
        '<@"><script>>',
        "<!date^1^<script>|<script>>",
    ],
)
def test_hostile_text_stays_text(text: str) -> None:
    _check(str(rendered(text, NAMES)))
    _check(str(plain(text)))


def test_plain_text_is_not_styled_and_mentions_nobody() -> None:
    assert plain("*x* &lt;@U1&gt;\n:wave:") == "*x* &lt;@U1&gt;<br>👋"


class _Reader(HTMLParser):
    allowed = frozenset({"strong", "em", "s", "code", "pre", "br", "blockquote", "span", "a", "time"})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.allowed
        for name, value in attrs:
            assert name in {"class", "href", "rel"}
            if name == "href":
                assert value is not None
                assert value.lower().startswith(("http://", "https://", "mailto:"))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def _check(html: str) -> None:
    reader = _Reader()
    reader.feed(html)
    reader.close()


SIGNS = [*"<>|*_~`&\"'!0 \n\ue000\ue001", "```", "&lt;", "@U1", "#C1", "https://x", "mailto:"]
WORDS = ["javascript:", "script", " onclick=x ", "!date^1^{date}"]
HOSTILE = st.lists(st.sampled_from(SIGNS + WORDS), max_size=25).map("".join)


@given(HOSTILE | st.text(max_size=40))
def test_whatever_is_written_only_our_own_tags_come_out(text: str) -> None:
    _check(str(rendered(text, NAMES)))
    _check(str(plain(text)))


@given(st.text())
def test_unescaping_undoes_slack_s_escaping(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert unescaped(escaped) == text
