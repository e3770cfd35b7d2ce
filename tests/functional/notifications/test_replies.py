"""Comments and edits under the post's message, where a route asks for them (features.md rows 48 and 49)."""

from __future__ import annotations

from typing import Any

import pytest

from cocoom_slack_plugin.notifications.kinds import COMMENTS, EDITS, PUBLICATIONS
from demo.slack.control import Control
from demo.slack.seed import ACME as ACME_TEAM

from .acts import ADMINISTRATOR, Publication
from .host import ACME, BOT_SCOPES, Host


def messages(slack: Control, channel: str = "C0NEWS") -> list[dict[str, Any]]:
    return slack.messages(ACME_TEAM, channel)


@pytest.fixture
def told(host: Host) -> Publication:
    host.route(ACME, "C0NEWS", kinds={PUBLICATIONS, COMMENTS, EDITS})
    made = Publication(host)
    made.publish()
    host.drain()
    return made


def test_a_comment_stands_under_the_posts_message_and_nowhere_else(told: Publication, slack: Control) -> None:
    told.comment()
    told.host.drain()
    post, comment = messages(slack)
    assert comment["thread_ts"] == post["ts"]
    assert comment["reply_broadcast"] is False
    in_channel = [row.parent_ts for row in told.host.messages if row.channel == "C0NEWS"]
    assert in_channel == [None, post["ts"]]


def test_it_is_shown_in_the_channel_as_well_only_where_the_route_asks_for_it(
    host: Host, slack: Control
) -> None:
    host.route(ACME, "C0NEWS", kinds={PUBLICATIONS, COMMENTS}, broadcast=True)
    made = Publication(host)
    made.publish()
    host.drain()
    made.comment()
    host.drain()
    assert messages(slack)[1]["reply_broadcast"] is True


def test_or_by_itself_where_the_route_wants_no_replies(host: Host, slack: Control) -> None:
    host.route(ACME, "C0NEWS", kinds={PUBLICATIONS, COMMENTS}, replies=False)
    made = Publication(host)
    made.publish()
    host.drain()
    made.comment()
    host.drain()
    assert "thread_ts" not in messages(slack)[1]


def test_a_channel_that_did_not_ask_hears_nothing_of_comments(host: Host, slack: Control) -> None:
    host.route(ACME, "C0NEWS", "general")
    made = Publication(host)
    made.publish()
    made.comment()
    made.edit("Better news")
    host.drain()
    assert len(messages(slack)) == 1


def test_each_channel_has_its_own_thread(host: Host, slack: Control) -> None:
    for channel in ("C0NEWS", "C0WELCOME"):
        host.route(ACME, channel, kinds={PUBLICATIONS, COMMENTS})
    made = Publication(host)
    made.publish()
    host.drain()
    made.comment()
    host.drain()
    for channel in ("C0NEWS", "C0WELCOME"):
        post, comment = messages(slack, channel)
        assert comment["thread_ts"] == post["ts"]


def test_post_and_comment_in_one_breath_keep_their_order(host: Host, slack: Control) -> None:
    host.route(ACME, "C0NEWS", kinds={PUBLICATIONS, COMMENTS})
    made = Publication(host)
    made.publish()
    made.comment()
    host.drain()
    post, comment = messages(slack)
    assert comment["thread_ts"] == post["ts"]


def test_comments_of_two_posts_never_share_a_message(host: Host, slack: Control) -> None:
    condensing = host.but(digest_size=20, channel_interval=1.0, channel_burst=1)
    host.route(ACME, "C0NEWS", kinds={PUBLICATIONS, COMMENTS})
    posts = [Publication(host, f"Title {number}", f"p{number}") for number in range(2)]
    for each in posts:
        each.publish()
        host.drain()
    for number in range(6):
        posts[number // 3].comment(comment_id=f"c{number}")
    for _ in range(4):
        host.hurry()
        condensing.drain()
    replies = [each for each in messages(slack) if "thread_ts" in each and each["ts"] != each["thread_ts"]]
    for each in replies:
        assert not ("Title 0" in each["text"] and "Title 1" in each["text"])
    parents = {each["thread_ts"] for each in replies}
    assert len(parents) == 2
    assert len(replies) < 6, "those of one post are condensed"


def test_a_comment_on_a_post_that_was_never_told_here_stands_by_itself(host: Host, slack: Control) -> None:
    host.route(ACME, "C0NEWS", kinds={PUBLICATIONS, COMMENTS})
    Publication(host).comment()
    host.drain()
    (comment,) = messages(slack)
    assert "thread_ts" not in comment


@pytest.mark.parametrize("code", ["cannot_reply_to_message", "message_not_found"])
def test_a_comment_whose_thread_is_gone_stands_by_itself(
    told: Publication, slack: Control, code: str
) -> None:
    slack.fault("error", "chat.postMessage", code=code, times=1)
    told.comment()
    told.host.drain()
    _, comment = messages(slack)
    assert "thread_ts" not in comment
    assert told.host.messages[-1].parent_ts is None
    assert told.host.outcomes[-1] == "sent"


def test_an_edit_is_told_under_the_message_that_it_changes(told: Publication, slack: Control) -> None:
    told.edit("Better news", ADMINISTRATOR)
    told.host.drain()
    told.host.drain()
    post, edit = messages(slack)
    assert "Better news" in post["text"]
    assert edit["thread_ts"] == post["ts"]
    assert "Alice edited" in edit["text"]


def test_a_reply_whose_answer_was_lost_is_looked_for_in_its_thread(host: Host, slack: Control) -> None:
    host.set_connection(ACME, scopes=[*BOT_SCOPES, "channels:history"])
    slack.set_token_scopes("xoxb-demo-acme", [*BOT_SCOPES, "channels:history"])
    host.route(ACME, "C0NEWS", kinds={PUBLICATIONS, COMMENTS})
    made = Publication(host)
    made.publish()
    host.drain()
    slack.fault("reset_after", "chat.postMessage", times=1)
    made.comment()
    host.drain()
    host.hurry()
    host.drain()
    assert len(messages(slack)) == 2, "not told twice"
    assert slack.requests("conversations.replies")
    assert host.outcomes[-1] == "sent"
