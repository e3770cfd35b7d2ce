from __future__ import annotations

from cocoom_slack_plugin.login.explanations import ELSEWHERE, EXPLANATIONS
from cocoom_slack_plugin.login.outcomes import ACTIONS, OUTCOMES
from cocoom_slack_plugin.login.places import ACCOUNT, LINK, SIGN_IN, TEST, UNLINK
from cocoom_slack_plugin.login.presence import ACTION
from cocoom_slack_plugin.login.refusals import Code
from cocoom_slack_plugin.translations import translations


def test_every_code_has_its_words() -> None:
    assert set(Code) < set(OUTCOMES)


def test_every_place_has_its_words() -> None:
    assert {SIGN_IN.action, LINK.action, UNLINK.action, TEST.action, ACTION} == set(ACTIONS)


def test_what_is_said_differently_is_of_the_same_kind() -> None:
    for code, said in ELSEWHERE.items():
        assert said.status == EXPLANATIONS[code].status
        assert ACCOUNT.explain(code) is said
        assert SIGN_IN.explain(code) is EXPLANATIONS[code]


def test_everything_is_in_french() -> None:
    french = translations("fr")
    said = [*OUTCOMES.values(), *ACTIONS.values()]
    said += [text for each in ELSEWHERE.values() for text in (each.happened, each.advice)]
    for text in said:
        assert french.gettext(text) != text, text
