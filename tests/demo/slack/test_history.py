from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.slack.world.history import History, as_microseconds
from demo.slack.world.message import Message


def message(ts: str, thread_ts: str | None = None) -> Message:
    return Message(ts, "x", "U", "A", thread_ts=thread_ts)


@given(st.lists(st.floats(0, 2_000_000_000), min_size=2, max_size=30))
def test_timestamps_rise_whatever_the_clock_does(moments: list[float]) -> None:
    history = History()
    stamps = [as_microseconds(history.next_ts(moment)) for moment in moments]
    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize("text", ["", "1", "1.5", "a.000001", "1.00000a", "1,000001"])
def test_only_a_timestamp_is_a_timestamp(text: str) -> None:
    with pytest.raises(ValueError, match=r"timestamp|invalid literal"):
        as_microseconds(text)


def test_it_forgets_the_oldest_and_their_threads_but_goes_on_counting() -> None:
    history = History()
    history.add(message("1.000000"), kept=3)
    history.add(message("2.000000", thread_ts="1.000000"), kept=3)
    for number in range(3, 6):
        history.add(message(f"{number}.000000"), kept=3)
    assert [item.ts for item in history] == ["3.000000", "4.000000", "5.000000"]
    assert history.count == 5
    assert history.replies("1.000000") == []


def test_deleting_a_reply_empties_the_thread() -> None:
    history = History()
    history.add(message("1.000000"), kept=9)
    reply = message("2.000000", thread_ts="1.000000")
    history.add(reply, kept=9)
    history.delete(reply)
    assert history.replies("1.000000") == []
    assert len(history) == 1
