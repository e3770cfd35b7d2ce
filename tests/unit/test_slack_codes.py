"""Every code of slack.md D4 in its class, written down here a second time from the reference."""

from __future__ import annotations

import pytest

from cocoom_slack_plugin.slack_codes import PERHAPS_DONE, TROUBLES, Trouble, trouble_of

REFERENCE = {
    Trouble.WAIT: "ratelimited rate_limited message_limit_exceeded",
    Trouble.SLACK: """internal_error fatal_error service_unavailable request_timeout external_channel_migrating
        team_added_to_org org_login_required""",
    Trouble.CREDENTIAL: """account_inactive token_revoked token_expired invalid_auth not_authed missing_scope
        not_allowed_token_type no_permission access_denied accesslimited app_access_restricted
        enterprise_is_restricted team_access_not_granted team_not_found two_factor_setup_required invalid_token
        not_bearer_token""",
    Trouble.CHANNEL: """channel_not_found not_in_channel is_archived restricted_action
        restricted_action_read_only_channel restricted_action_thread_only_channel
        restricted_action_non_threadable_channel restricted_action_thread_locked cannot_reply_to_message
        messages_tab_disabled user_not_found user_disabled user_not_visible channel_is_limited_access is_inactive
        slack_connect_canvas_sharing_blocked slack_connect_file_link_sharing_blocked
        slack_connect_lists_sharing_blocked posting_to_general_channel_denied send_on_behalf_not_allowed
        ekm_access_denied""",
    Trouble.MESSAGE: """no_text invalid_blocks invalid_blocks_format msg_blocks_too_long msg_too_long
        too_many_attachments attachment_payload_limit_exceeded too_many_contact_cards invalid_attachments
        markdown_text_conflict invalid_metadata_format invalid_metadata_schema metadata_too_large
        metadata_must_be_sent_from_app missing_file_data duplicate_channel_not_found duplicate_message_not_found
        as_user_not_supported draft_already_deleted draft_already_sent draft_has_conflict draft_not_found
        agent_prompt_display_not_allowed""",
    Trouble.REQUEST: """invalid_arguments invalid_arg_name invalid_array_arg invalid_charset invalid_form_data
        invalid_post_type missing_post_type invalid_json json_not_object unknown_method method_deprecated
        deprecated_endpoint missing_argument""",
}
CODES = [(code, trouble) for trouble, codes in REFERENCE.items() for code in codes.split()]


@pytest.mark.parametrize(("code", "trouble"), CODES)
def test_each_code_is_in_its_class(code: str, trouble: Trouble) -> None:
    assert trouble_of(code) is trouble


def test_the_table_holds_nothing_else_and_nothing_twice() -> None:
    assert dict(CODES) == TROUBLES
    assert len(CODES) == len(TROUBLES)


@pytest.mark.parametrize("code", ["new_error_2027", "", "INVALID_AUTH", "http_404"])
def test_an_unknown_code_is_the_messages_fault_so_that_it_cannot_loop(code: str) -> None:
    """B35"""
    assert trouble_of(code) is Trouble.MESSAGE


def test_codes_after_which_the_work_may_be_done_are_slacks_trouble() -> None:
    assert {trouble_of(code) for code in PERHAPS_DONE} == {Trouble.SLACK}
