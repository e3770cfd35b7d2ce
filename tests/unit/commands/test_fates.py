"""Whatever became of a bot token is said."""

from __future__ import annotations

import pytest

from cocoom_slack_plugin.commands.fates import in_words
from cocoom_slack_plugin.connect.retiring import Fate, Retired


@pytest.mark.parametrize("fate", Fate)
def test_every_fate_has_a_sentence_of_its_own(fate: Fate) -> None:
    said = in_words(Retired(fate, "some_code"), "the old bot token")
    assert ("the old bot token" in said) == (fate is not Fate.NONE)
    assert ("some_code" in said) == (fate in (Fate.INVALID, Fate.FAILED))
    assert "{" not in said
