from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from slack_sdk import WebClient

from demo.slack.thread import SlackThread

from .asking import ask

POST = "https://acme.cocoom.com/p/1"
BLOCKS: list[dict[str, Any]] = [
    {"type": "header", "text": {"type": "plain_text", "text": "New in <Pumps>"}},
    {"type": "section", "text": {"type": "mrkdwn", "text": f"*<{POST}|A guide>* by <@U0BOB>"}},
    {"type": "section", "fields": [{"type": "mrkdwn", "text": "*B*"}, {"type": "plain_text", "text": "*I*"}]},
    {"type": "divider"},
    {"type": "context", "elements": [{"type": "plain_text", "text": "4 min"}]},
    {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "A pump & a valve"},
    {
        "type": "actions",
        "elements": [
            {"type": "button", "text": {"type": "plain_text", "text": "Read"}, "url": POST},
            {"type": "button", "text": {"type": "plain_text", "text": "Mute"}, "value": "pumps"},
        ],
    },
]  # fmt: skip


def read(it: SlackThread, path: str) -> BeautifulSoup:
    answer = ask(it.url + path)
    assert answer.status == 200, path
    return BeautifulSoup(answer.text, "html.parser")


def words(soup: Any) -> str:
    return " ".join(soup.get_text(" ").split())


def test_the_first_page_lists_the_workspaces(it: SlackThread, acme: WebClient) -> None:
    acme.chat_postMessage(channel="#news", text="x")
    text = words(read(it, "/"))
    assert "Acme acme.slack.com · T0ACME 1 messages" in text
    assert "Globex" in text


def test_a_workspace_opens_at_its_first_channel(it: SlackThread) -> None:
    assert ask(f"{it.url}/team/T0ACME").location == "/team/T0ACME/channel/C0GENERAL"
    assert ask(f"{it.url}/team/globex").location == "/team/T0GLOBEX/channel/C1GENERAL"


def test_the_sidebar_shows_channels_and_people_and_marks_where_we_are(it: SlackThread) -> None:
    sidebar = read(it, "/team/acme/channel/news").select_one(".sidebar")
    assert sidebar is not None
    assert words(sidebar.select_one("[aria-current=page]")) == "# news"
    for name in ("general", "board", "old-project", "Alice Martin", "Gus Guest"):
        assert name in words(sidebar)
    assert "Leo Leaver" not in words(sidebar)


def test_every_block_is_shown_and_nothing_foreign_is_loaded(it: SlackThread, acme: WebClient) -> None:
    acme.chat_postMessage(channel="#news", text="fallback", blocks=BLOCKS)
    message = read(it, "/team/T0ACME/channel/C0NEWS").select_one(".message")
    assert message is not None
    assert words(message.select_one("h4")) == "New in <Pumps>"
    link = message.select_one(".section strong a")
    assert link is not None
    assert (link["href"], words(link)) == (POST, "A guide")
    assert words(message.select_one(".mention")) == "@Bob Leroy"
    assert [words(field) for field in message.select(".fields > div")] == ["B", "*I*"]
    assert message.select_one("hr") is not None
    assert words(message.select_one(".context")) == "4 min"
    assert words(message.select_one(".image")) == "A pump & a valve"
    assert [tag.name for tag in message.select(".actions .button")] == ["a", "span"]
    assert message.select("img") == []
    assert "fallback" not in words(message)


def test_the_byline_names_the_app_and_the_time(it: SlackThread, acme: WebClient) -> None:
    acme.chat_postMessage(channel="#news", text="x")
    assert re.fullmatch(
        r"Cocoom APP \d\d:\d\d", words(read(it, "/team/acme/channel/news").select_one(".byline"))
    )


def test_the_notification_text_is_shown_on_request(it: SlackThread, acme: WebClient) -> None:
    acme.chat_postMessage(channel="#news", text="Alice & Bob", blocks=BLOCKS)
    soup = read(it, "/team/acme/channel/news?fallback=1")
    assert words(soup.select_one(".fallback")) == "Notification Alice & Bob"


def test_threads_stand_under_their_parent_and_edits_and_deletions_show(
    it: SlackThread, acme: WebClient
) -> None:
    parent = acme.chat_postMessage(channel="#news", text="parent")["ts"]
    reply = acme.chat_postMessage(channel="#news", text="reply", thread_ts=parent, reply_broadcast=True)["ts"]
    acme.chat_update(channel="C0NEWS", ts=reply, text="better reply")
    acme.chat_delete(channel="C0NEWS", ts=parent)
    soup = read(it, "/team/acme/channel/news")
    tombstone = soup.select_one(".message")
    assert tombstone is not None
    assert "This message was deleted." in words(tombstone)
    assert "1 reply" in words(tombstone)
    thread = words(tombstone.select_one(".thread"))
    assert "better reply (edited)" in thread
    assert "also sent to the channel" in thread
    assert "replied to a thread" in words(soup.select_one(f"[id='copy{reply}']"))


def test_a_broadcast_reply_names_its_parent_in_the_channel(it: SlackThread, acme: WebClient) -> None:
    parent = acme.chat_postMessage(channel="#news", text="A *guide* for <https://x.example|pumps>")["ts"]
    acme.chat_postMessage(channel="#news", text="loud", thread_ts=parent, reply_broadcast=True)
    acme.chat_postMessage(channel="#news", text="quiet", thread_ts=parent)
    soup = read(it, "/team/acme/channel/news")
    top = [message for message in soup.select(".message") if not message.find_parent(class_="thread")]
    assert len(top) == 2
    assert re.search(r"2 replies Last reply today at \d\d:\d\d", words(top[0].select_one(".replies")))
    origin = top[1].select_one(".origin")
    assert origin is not None
    assert words(origin) == "replied to a thread: A guide for pumps"
    assert soup.select_one(f"[id='{origin.a['href'][1:]}']") == top[0]  # type: ignore[index]


def test_a_thread_under_a_tombstone_goes_on(it: SlackThread, acme: WebClient) -> None:
    parent = acme.chat_postMessage(channel="#news", text="secret")["ts"]
    acme.chat_postMessage(channel="#news", text="loud", thread_ts=parent, reply_broadcast=True)
    acme.chat_delete(channel="C0NEWS", ts=parent)
    soup = read(it, "/team/acme/channel/news")
    assert "replied to a thread: a deleted message" in words(soup)
    assert "secret" not in words(soup)


NOON = 1_790_000_000  # 2026-09-21 14:13:20 UTC


@pytest.mark.parametrize(
    ("zone", "locale", "shown"),
    [
        ("Europe/Paris", "en-US", "September 21, 2026 at 16:13"),
        ("America/New_York", "en-GB", "September 21, 2026 at 10:13"),
        ("Asia/Tokyo", "fr-FR", "21 septembre 2026 at 23:13"),
        ("UTC", "xx-XX", "in September"),
    ],
)
def test_dates_are_the_reader_s(it: SlackThread, acme: WebClient, zone: str, locale: str, shown: str) -> None:
    it.control.change_user("T0ACME", "U0BOB", tz=zone, locale=locale)
    date = {"type": "date", "timestamp": NOON, "format": "{date} at {time}", "fallback": "in September"}
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_quote", "elements": [date]}]}
    text = f"<!date^{NOON}^{{date}} at {{time}}|in September>"
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    acme.chat_postMessage(channel="U0BOB", text=text, blocks=[rich, section])
    soup = read(it, "/team/acme/user/U0BOB")
    assert words(soup.select_one(".rich_text_quote time")) == shown
    assert words(soup.select_one(".section time")) == shown


def test_the_parts_of_rich_text_are_shown(it: SlackThread, acme: WebClient) -> None:
    line = {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}
    hostile = {"type": "date", "timestamp": 1, "format": "{nope}", "fallback": "<b>|^&amp;</b>"}
    elements = [
        {"type": "rich_text_section", "elements": [{"type": "emoji", "name": "wave"}, hostile]},
        {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [line]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a\n  b"}]},
    ]
    acme.chat_postMessage(channel="#news", text="x", blocks=[{"type": "rich_text", "elements": elements}])
    rich = read(it, "/team/acme/channel/news").select_one(".rich_text")
    assert rich is not None
    assert rich.select_one(".rich_text_section").text == "👋<b>/ &amp;</b>"  # type: ignore[union-attr]
    assert rich.select_one(".rich_text_list.bullet.indent1") is not None
    assert rich.select_one(".rich_text_preformatted").text == "a\n  b"  # type: ignore[union-attr]


def test_a_person_sees_what_was_sent_to_them_alone(it: SlackThread, acme: WebClient) -> None:
    acme.chat_postMessage(channel="U0ALICE", text="for Alice")
    assert "for Alice" in words(read(it, "/team/acme/user/U0ALICE"))
    assert "for Alice" not in words(read(it, "/team/acme/user/U0BOB"))
    assert "Nothing here yet." in words(read(it, "/team/acme/user/U0BOB"))


def test_a_home_tab_is_shown(it: SlackThread, acme: WebClient) -> None:
    assert "No app has published" in words(read(it, "/team/acme/user/U0ALICE/home"))
    acme.views_publish(user_id="U0ALICE", view={"type": "home", "blocks": BLOCKS})
    assert "New in <Pumps>" in words(read(it, "/team/acme/user/U0ALICE/home"))


@pytest.mark.parametrize(
    "block",
    [
        {"type": "markdown", "text": "**bold** <b>"},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "rich <b>"},
                        {"type": "user", "user_id": "U0BOB"},
                        {"type": "link", "url": "https://x.example/?a=1", "text": "*l* <!channel>"},
                    ],
                }
            ],
        },
        {
            "type": "actions",
            "elements": [
                {
                    "type": "overflow",
                    "options": [{"text": {"type": "plain_text", "text": "o"}, "value": "1"}],
                },
                {"type": "users_select", "placeholder": {"type": "plain_text", "text": "Who?"}},
                {"type": "datepicker"},
                {"type": "checkboxes", "options": [{"text": {"type": "mrkdwn", "text": "c"}, "value": "1"}]},
                {"type": "button", "text": {"type": "plain_text", "text": "b"}, "url": "mailto:a@x.example"},
            ],
        },
    ],
    ids=lambda block: str(block["type"]),
)
def test_rarer_blocks_are_shown_safely(it: SlackThread, acme: WebClient, block: dict[str, Any]) -> None:
    acme.chat_postMessage(channel="#news", text="x", blocks=[block])
    message = read(it, "/team/acme/channel/news").select_one(".message")
    assert message is not None
    assert message.select("b") == []
    shown = [(link["href"], link.text) for link in message.select("a")]
    # Rich text is shown as it is: no style, no mention, whatever its characters.
    assert shown == ([("https://x.example/?a=1", "*l* <!channel>")] if block["type"] == "rich_text" else [])


def _rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def test_a_date_is_shown_in_the_readers_time_or_as_its_fallback(it: SlackThread, acme: WebClient) -> None:
    date = {"type": "date", "timestamp": 1767346200, "fallback": "F"}
    known, unknown = {**date, "format": "{date_short} {time}"}, {**date, "format": "{moon}"}
    acme.chat_postMessage(channel="#news", text="x", blocks=[_rich(known, unknown)])
    times = read(it, "/team/acme/channel/news").select(".rich_text time")
    assert [words(time) for time in times] == ["Jan 2, 2026 10:30", "F"]


def test_plain_text_keeps_the_names_of_emoji_where_it_says_so(it: SlackThread, acme: WebClient) -> None:
    texts = [{"type": "plain_text", "text": ":tada:", "emoji": emoji} for emoji in (True, False)]
    acme.chat_postMessage(channel="#news", text="x", blocks=[{"type": "context", "elements": texts}])
    assert words(read(it, "/team/acme/channel/news").select_one(".context")) == "🎉 :tada:"


def test_two_channels_stand_beside_each_other_message_by_message(it: SlackThread, acme: WebClient) -> None:
    for channel, count in (("news", 3), ("welcome", 2)):
        for number in range(count):
            acme.chat_postMessage(channel=f"#{channel}", text=f"{channel} {number}", blocks=BLOCKS[:1])
    path = "/team/acme/beside/news/C0WELCOME"
    assert [len(pair.select(".message")) for pair in read(it, path).select(".pair")] == [2, 2, 1]
    lines = [
        [words(each) for each in pair.select(".fallback")]
        for pair in read(it, f"{path}?fallback=1").select(".pair")
    ]
    assert lines == [
        ["Notification news 0", "Notification welcome 0"],
        ["Notification news 1", "Notification welcome 1"],
        ["Notification news 2"],
    ]
    assert ask(f"{it.url}/team/acme/beside/news/C9").status == 404
    assert "Nothing here yet." in words(read(it, "/team/acme/beside/general/board"))


def test_attachments_are_shown(it: SlackThread, acme: WebClient) -> None:
    attachments: list[dict[str, Any]] = [
        {"text": "one <b>", "fallback": "f"},
        {"blocks": BLOCKS[:1], "fallback": "f"},
    ]
    acme.chat_postMessage(channel="#news", text="x", attachments=attachments)
    shown = [words(item) for item in read(it, "/team/acme/channel/news").select(".attachment")]
    assert shown == ["one <b>", "New in <Pumps>"]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>"])
def test_hostile_text_is_harmless_wherever_it_is_shown(it: SlackThread, text: str) -> None:
    it.control.add_team(text, id="T9")
    it.control.add_user("T9", text, text, id="U9")
    it.control.add_app("T9", id="A9", name=text, redirect_urls=["https://x.example/"])
    it.control.add_channel("T9", "general", id="C9", purpose=text)
    token = it.control.install_app("A9", "T9", ["chat:write", "chat:write.public"])
    client = WebClient(token, base_url=it.api_url, retry_handlers=[])
    client.chat_postMessage(channel="C9", text=text)
    client.chat_postMessage(channel="U9", text=text)
    app = it.slack.world.apps["A9"]
    consent = f"/openid/connect/authorize?client_id={app.client_id}&response_type=code&scope=openid"
    for path in ("/", "/team/T9/channel/C9?fallback=1", "/team/T9/user/U9", "/requests", consent):
        soup = read(it, path)
        assert soup.select("script, img") == [], path


def test_a_live_page_refreshes_itself_and_its_links_stay_live(it: SlackThread) -> None:
    assert read(it, "/team/acme/channel/news").select("meta[http-equiv=refresh]") == []
    soup = read(it, "/team/acme/channel/news?live=1&fallback=1")
    assert soup.select("meta[http-equiv=refresh]")
    assert soup.select("a[href='/team/T0ACME/channel/C0GENERAL?live=1&fallback=1']")


def test_the_list_of_requests_shows_no_token(it: SlackThread, acme: WebClient) -> None:
    acme.auth_test()
    ask(f"{it.url}/api/auth.test", Authorization="Bearer xoxb-unknown-secret")
    page = ask(f"{it.url}/requests").text
    assert "auth.test" in page
    assert "unknown" in page
    assert "xoxb-" not in page


@pytest.mark.parametrize(
    "path", ["/", "/team/T0ACME/channel/C0NEWS", "/requests", "/openid/connect/authorize"]
)
def test_every_page_has_a_strict_policy(it: SlackThread, path: str) -> None:
    headers = ask(it.url + path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert (headers["Referrer-Policy"], headers["X-Content-Type-Options"]) == ("no-referrer", "nosniff")


@pytest.mark.parametrize(
    "path", ["/team/T9", "/team/T0ACME/channel/C9", "/team/T0ACME/user/U9", "/team/T0ACME/user/U9/home", "/x"]
)
def test_what_does_not_exist_is_not_found(it: SlackThread, path: str) -> None:
    assert ask(it.url + path).status == 404


def test_the_style_sheet_is_served(it: SlackThread) -> None:
    assert "--paper" in ask(f"{it.url}/static/slack.css").text
