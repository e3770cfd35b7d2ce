from __future__ import annotations

import pytest

from cocoom_slack_plugin.login.policy import Policy, Rules, Standing
from cocoom_slack_plugin.login.refusals import Code

ACME = Rules(Policy.DOMAINS, ("acme.example", "xn--bcher-kva.example"))


@pytest.mark.parametrize(
    ("email", "admitted"),
    [
        ("a@acme.example", True),
        ("a@ACME.EXAMPLE", True),
        ("a@bücher.example", True),
        ("a@acme.example.evil", False),
        ("a@xacme.example", False),
        ("a@sub.acme.example", False),
        ("a@acme.example.", False),
        ("a@evil.example@acme.example", False),
        ("a@acm\u0435.example", False),
        ("a", False),
    ],
)
def test_domains(email: str, admitted: bool) -> None:
    assert ACME.admits(email, of_workspace=True) is admitted


def test_who_is_of_no_domain_is_not_of_an_empty_list() -> None:
    assert not Rules(Policy.DOMAINS, ()).admits("a@acme.example.", of_workspace=True)


@pytest.mark.parametrize("of_workspace", [True, False])
def test_the_other_policies(of_workspace: bool) -> None:
    assert not Rules().admits("a@acme.example", of_workspace=of_workspace)
    whole = Rules(Policy.WORKSPACE, ("other.example",))
    assert whole.admits("a@acme.example", of_workspace=of_workspace) is of_workspace


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("standing", Standing)
def test_guests(policy: Policy, standing: Standing) -> None:
    expected = {
        Standing.MEMBER: None,
        Standing.GUEST: Code.GUEST,
        Standing.UNKNOWN: None if policy is Policy.INVITED else Code.GUEST_UNKNOWN,
    }[standing]
    assert Rules(policy).refusal_of_guests(standing) is expected
    assert Rules(policy, guests=True).refusal_of_guests(standing) is None
