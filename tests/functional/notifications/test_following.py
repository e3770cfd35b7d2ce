"""Messages follow what becomes of the post that they tell of, wherever they went (features.md rows 50 and 54)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, text

from cocoom_slack_plugin.notifications.catch_up import Choice, catch_up
from cocoom_slack_plugin.people.person import Person, Source, match
from demo.slack.control import Control
from demo.slack.seed import ACME as ACME_TEAM

from .acts import Publication
from .host import ACME, BOB, Host, shared


def shown(slack: Control, channel: str = "C0NEWS") -> list[str]:
    return [each["text"] for each in slack.messages(ACME_TEAM, channel)]


def known(host: Host) -> None:
    with host.session() as dbsession:
        match(dbsession, ACME.id, Person(BOB.id, ACME_TEAM, "U0BOB", Source.LOGIN))
        dbsession.commit()


@pytest.fixture
def told(host: Host) -> Publication:
    """A publication that was told in two channels."""
    host.route(ACME, "C0NEWS", "general")
    host.route(ACME, "C0WELCOME", "general")
    made = Publication(host)
    made.publish()
    host.drain()
    return made


class TestEdits:
    def test_every_message_shows_the_new_title(self, told: Publication, slack: Control) -> None:
        before = slack.messages(ACME_TEAM, "C0NEWS")
        told.edit("Better news")
        told.host.drain()
        for channel in ("C0NEWS", "C0WELCOME"):
            (message,) = slack.messages(ACME_TEAM, channel)
            assert "Better news" in message["text"]
            assert "Better news" in str(message["blocks"])
            assert message["edited"]
        assert slack.messages(ACME_TEAM, "C0NEWS")[0]["ts"] == before[0]["ts"]
        assert slack.messages(ACME_TEAM, "C0NEWS")[0]["metadata"] == before[0]["metadata"]

    def test_many_edits_are_one_update_with_the_newest_title(self, told: Publication, slack: Control) -> None:
        patient = told.host.but(gather_seconds=60.0)
        for number in range(5):
            told.edit(f"Draft {number}")
            patient.drain()
        assert shown(slack) == [shown(slack)[0]]
        assert "Draft" not in shown(slack)[0], "the edits are waited for"
        let_the_time_come(patient)
        patient.drain()
        assert "Draft 4" in shown(slack)[0]
        assert len(slack.requests("chat.update")) == 2, "one for each channel"

    def test_an_edit_before_the_telling_is_what_is_told(self, host: Host, slack: Control) -> None:
        host.route(ACME, "C0NEWS", "general")
        made = Publication(host)
        made.publish()
        made.edit("Better news")
        host.drain()
        assert "Better news" in shown(slack)[0]
        assert len(slack.messages(ACME_TEAM, "C0NEWS")) == 1

    def test_a_post_that_was_told_nowhere_needs_no_update(self, host: Host, slack: Control) -> None:
        Publication(host).edit("Better news")
        host.drain()
        assert slack.requests("chat.update") == []

    def test_the_order_is_kept_between_updates_and_new_messages(
        self, told: Publication, slack: Control
    ) -> None:
        told.edit("Better news")
        told.host.share("after the edit")
        told.host.drain()
        in_news = [
            each["method"] for each in slack.requests() if each["arguments"].get("channel") == "C0NEWS"
        ]
        assert in_news == ["chat.postMessage", "chat.update", "chat.postMessage"]


class TestWithdrawing:
    @pytest.mark.parametrize("act", ["unpublish", "delete", "moderate"])
    def test_every_message_says_no_more_than_that_it_is_gone(
        self, told: Publication, slack: Control, act: str
    ) -> None:
        getattr(told, act)()
        told.host.drain()
        for channel in ("C0NEWS", "C0WELCOME"):
            (message,) = slack.messages(ACME_TEAM, channel)
            assert "News" not in message["text"] + str(message["blocks"]), "neither title nor link"
            assert "no longer available" in message["text"]

    def test_it_is_not_waited_for(self, told: Publication, slack: Control) -> None:
        patient = told.host.but(gather_seconds=600.0)
        told.edit("Oh no")
        told.unpublish()
        patient.drain()
        assert "no longer available" in shown(slack)[0]

    def test_a_share_that_was_deleted(self, host: Host, slack: Control) -> None:
        host.route(ACME, "C0NEWS")
        event = shared("A link")
        host.tell("share_published", event)
        host.drain()
        host.tell("share_deleted", replace(event, event_id="gone"))
        host.drain()
        assert ["no longer available" in each for each in shown(slack)] == [True]

    def test_what_is_gone_before_it_is_told_is_not_told(self, host: Host, slack: Control) -> None:
        host.route(ACME, "C0NEWS", "general")
        made = Publication(host)
        made.publish()
        made.delete()
        host.drain()
        assert shown(slack) == []
        assert ("dropped", "withdrawn") in host.states

    def test_in_a_digest_only_its_own_line_is_reduced(self, host: Host, slack: Control) -> None:
        condensing = host.but(digest_size=20, channel_interval=1.0, channel_burst=1)
        host.route(ACME, "C0NEWS", "general")
        posts = [Publication(host, f"Title {number}", f"p{number}") for number in range(3)]
        for each in posts:
            each.publish()
        condensing.drain()
        (digest,) = slack.messages(ACME_TEAM, "C0NEWS")
        posts[1].delete()
        host.hurry()
        condensing.drain()
        (digest,) = slack.messages(ACME_TEAM, "C0NEWS")
        said = digest["text"] + str(digest["blocks"])
        assert "Title 0" in said
        assert "Title 1" not in said
        assert "Title 2" in said

    def test_direct_messages_about_it_follow_too(self, host: Host, slack: Control) -> None:
        known(host)
        made = Publication(host)
        made.comment()
        host.drain()
        assert "News" in shown(slack, "U0BOB")[0]
        made.moderate()
        host.drain()
        first, second = shown(slack, "U0BOB")
        assert "News" not in first
        assert "News" in second, "why it is gone is still told to its author"

    def test_published_again_it_is_told_again(self, told: Publication, slack: Control) -> None:
        told.unpublish()
        told.host.drain()
        told.publish()
        told.host.drain()
        first, second = shown(slack)
        assert "no longer available" in first
        assert "News" in second

    def test_a_deleted_comment_leaves_no_trace_and_takes_no_other_with_it(
        self, host: Host, slack: Control
    ) -> None:
        known(host)
        made = Publication(host)
        first = made.comment(comment_id="c1")
        made.comment(comment_id="c2")
        host.drain()
        made.delete_comment(first)
        host.drain()
        one, two = shown(slack, "U0BOB")
        assert "no longer available" in one
        assert "News" in two


class TestTrouble:
    def test_a_message_that_was_deleted_in_slack_is_done(self, told: Publication, slack: Control) -> None:
        slack.fault("error", "chat.update", code="message_not_found")
        told.unpublish()
        told.host.drain()
        assert [state for state, _ in told.host.states[-2:]] == ["sent", "sent"]

    def test_what_may_not_be_edited_is_taken_back(self, told: Publication, slack: Control) -> None:
        slack.fault("error", "chat.update", code="edit_window_closed")
        told.unpublish()
        told.host.drain()
        assert not [each for each in slack.messages(ACME_TEAM, "C0NEWS") if not each.get("deleted")]

    def test_an_edit_of_what_may_not_be_edited_fails_with_the_reason(
        self, told: Publication, slack: Control
    ) -> None:
        slack.fault("error", "chat.update", code="edit_window_closed")
        told.edit("Better news")
        told.host.drain()
        assert ("failed", "edit_window_closed") in told.host.states
        assert len(slack.messages(ACME_TEAM, "C0NEWS")) == 1

    def test_a_lost_answer_is_tried_again_and_changes_nothing_twice(
        self, told: Publication, slack: Control
    ) -> None:
        slack.fault("server_error", "chat.update", times=1)
        told.edit("Better news")
        told.host.drain()
        told.host.hurry()
        told.host.drain()
        assert "Better news" in shown(slack)[0]
        assert "Better news" in shown(slack, "C0WELCOME")[0]
        assert len(slack.messages(ACME_TEAM, "C0NEWS")) == 1

    def test_a_limit_of_updates_does_not_stop_posting(self, told: Publication, slack: Control) -> None:
        slack.fault("rate_limited", "chat.update", retry_after=30)
        told.edit("Better news")
        told.host.drain()
        told.host.route(ACME, "C0GENERAL", "elsewhere")
        told.host.share("somewhere else", thread="elsewhere")
        told.host.drain()
        assert any("somewhere else" in each["text"] for each in slack.messages(ACME_TEAM, "C0GENERAL"))

    @pytest.mark.parametrize("choice", [Choice.DISCARD, Choice.SUMMARISE])
    def test_what_was_withdrawn_while_disconnected_is_withdrawn_whatever_becomes_of_the_news(
        self, told: Publication, slack: Control, choice: Choice
    ) -> None:
        host = told.host
        host.set_connection(ACME, health="broken", health_code="token_revoked", held_at=func.now())
        told.unpublish()
        host.share("news of those days")
        host.set_connection(ACME, health="ok", health_code=None)
        catch_up(host.hooks, ACME, choice, "a test")
        host.drain()
        host.drain()
        assert "no longer available" in shown(slack)[0]
        assert not [each for each in shown(slack) if "news of those days" in each]


def let_the_time_come(host: Host) -> None:
    """What waits for its time may be told now."""
    host.execute(text("UPDATE cocoom_slack_notice SET not_before = now() WHERE not_before IS NOT NULL"))
    host.execute(text("UPDATE cocoom_slack_lane SET due_at = now() WHERE due_at IS NOT NULL"))
