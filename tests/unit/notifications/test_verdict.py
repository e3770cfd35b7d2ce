"""What follows from each way in which a call may end (slack.md D4)."""

from __future__ import annotations

import pytest

from cocoom_slack_plugin.errors import SlackRateLimited, SlackRefused, SlackUnavailable, SlackUncertain
from cocoom_slack_plugin.notifications.verdict import (
    CHANNEL_PROBE_SECONDS,
    RETRY_SECONDS,
    Reach,
    Verdict,
    broken,
    judge,
    sent,
)
from cocoom_slack_plugin.slack import Posted
from cocoom_slack_plugin.slack_codes import TROUBLES, Trouble

LAST = len(RETRY_SECONDS)


@pytest.mark.parametrize("attempts", [0, 5, LAST, 1000])
def test_a_rate_limit_pauses_the_workspace_and_counts_no_attempt(attempts: int) -> None:
    verdict = judge(SlackRateLimited(17.0), attempts)
    assert verdict == Verdict(code="ratelimited", pause=17.0, reach=Reach.WORKSPACE)
    assert not verdict.counts


@pytest.mark.parametrize(
    "code", [code for code, trouble in TROUBLES.items() if trouble is Trouble.CREDENTIAL]
)
def test_a_credential_problem_stops_the_connection_and_keeps_the_notice(code: str) -> None:
    assert judge(SlackRefused(code), 0) == Verdict(code=code, reach=Reach.CONNECTION) == broken(code)


@pytest.mark.parametrize("code", [code for code, trouble in TROUBLES.items() if trouble is Trouble.CHANNEL])
@pytest.mark.parametrize("attempts", [0, LAST])
def test_a_channel_problem_stops_the_lane_and_keeps_the_notice(code: str, attempts: int) -> None:
    verdict = judge(SlackRefused(code), attempts)
    assert verdict == Verdict(code=code, pause=CHANNEL_PROBE_SECONDS, called=True)


@pytest.mark.parametrize(
    "code", ["invalid_blocks", "no_text", "invalid_arguments", "new_error_2027", "http_302"]
)
def test_a_message_problem_fails_that_notice_only(code: str) -> None:
    """B35, B36: stored as it is, never tried again."""
    assert judge(SlackRefused(code), 0) == Verdict(state="failed", message="failed", code=code, called=True)


@pytest.mark.parametrize("attempts", range(LAST))
def test_what_did_not_reach_slack_is_tried_again_later_and_later(attempts: int) -> None:
    verdict = judge(SlackUnavailable("unreachable", "away"), attempts)
    assert verdict == Verdict(
        code="unreachable", pause=RETRY_SECONDS[attempts], counts=True, reach=Reach.SLACK, called=True
    )


@pytest.mark.parametrize("attempts", range(LAST))
def test_what_may_have_happened_is_tried_again_and_leaves_an_unknown_message(attempts: int) -> None:
    verdict = judge(SlackUncertain("no_answer", "lost"), attempts)
    assert verdict == Verdict(
        message="unknown",
        code="no_answer",
        pause=RETRY_SECONDS[attempts],
        counts=True,
        reach=Reach.SLACK,
        called=True,
    )
    assert verdict.in_doubt


def test_in_the_end_it_gives_up_and_says_in_which_way() -> None:
    assert judge(SlackUnavailable("unreachable", "away"), LAST) == Verdict(
        state="failed", message="failed", code="unreachable", reach=Reach.SLACK, called=True
    )
    assert judge(SlackUncertain("no_answer", "lost"), LAST) == Verdict(
        state="unknown", message="unknown", code="no_answer", reach=Reach.SLACK, called=True
    )


def test_the_schedule_outlasts_a_day() -> None:
    assert sum(RETRY_SECONDS) > 24 * 3600
    assert list(RETRY_SECONDS) == sorted(RETRY_SECONDS)
    assert RETRY_SECONDS[0] <= 10


def test_what_slack_took_is_sent_and_counts_for_the_pace() -> None:
    posted = Posted("C0NEWS", "1.000001")
    assert sent(posted) == Verdict(state="sent", message="sent", posted=posted, called=True)
