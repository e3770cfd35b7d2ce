"""social-core's own OpenID Connect tests and state tests, unmodified, against our backend (the R and S ids of
security.md are ours; these are the library's view of the same rules)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .sdist import NoSourceDistribution, provide

try:
    provide()
except NoSourceDistribution as missing:
    WHY = str(missing)

    def test_social_cores_own_tests_can_be_had() -> None:
        pytest.fail(WHY, pytrace=False)

else:
    from social_core.tests.backends.oauth import OAuth2StateTestMixin
    from social_core.tests.backends.open_id_connect import OpenIdConnectTest

    TEAM = "T0ACME"

    class TestSlackOpenIdConnect(OAuth2StateTestMixin, OpenIdConnectTest):
        """What Slack adds to the standard is given: the workspace, the user and where the keys are."""

        backend_path = "cocoom_slack_plugin.login.backend.SlackOpenIdConnect"
        issuer = "https://slack.com"
        expected_username = "foo"
        openid_config_body = json.dumps(
            {"issuer": "https://slack.com", "jwks_uri": "https://slack.com/openid/connect/keys"}
        )

        def extra_settings(self) -> dict[str, Any]:
            ours = {
                "SOCIAL_AUTH_SLACK_OPENID_TEAM": TEAM,
                "SOCIAL_AUTH_SLACK_OPENID_USERNAME_KEY": "given_name",
            }
            return {**super().extra_settings(), **ours}

        def get_id_token(self, *args: Any, **given: Any) -> dict[str, Any]:
            token: dict[str, Any] = super().get_id_token(*args, **given)
            ours = {"https://slack.com/team_id": TEAM, "https://slack.com/user_id": token["sub"]}
            return {**token, **ours, "given_name": "foo", "email": "foo@bar.example"}

        def test_somebody_signs_in_and_no_token_is_kept(self) -> None:
            user = self.do_login()
            assert user.social[0].uid == f"{TEAM}:1234"
            assert "access_token" not in user.social[0].extra_data
            assert "id_token" not in user.social[0].extra_data

        def test_a_partial_pipeline_goes_on(self) -> None:
            self.do_partial_pipeline()

    del OpenIdConnectTest, OAuth2StateTestMixin
