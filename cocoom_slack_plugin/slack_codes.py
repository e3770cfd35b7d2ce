"""What Slack's error codes mean for us, as a table (reference: slack.md D4). Slack adds codes without notice."""

from __future__ import annotations

import enum


class Trouble(enum.StrEnum):
    """Whose problem an error code is, which decides what stops and what is tried again."""

    WAIT = "wait"
    """A limit was hit: the whole workspace waits, no attempt is counted."""
    SLACK = "slack"
    """Slack's own trouble: try again later."""
    CREDENTIAL = "credential"
    """The tenant's token does not work: everything of this tenant stops until it is connected anew."""
    CHANNEL = "channel"
    """This conversation does not take messages: its lane stops, the others go on."""
    MESSAGE = "message"
    """This message is not acceptable, or the code is new to us: never repeated unchanged."""
    REQUEST = "request"
    """We called wrongly: our bug, never repeated."""


_TABLE = {
    Trouble.WAIT: "ratelimited rate_limited message_limit_exceeded",
    Trouble.SLACK: (
        "internal_error fatal_error service_unavailable request_timeout external_channel_migrating team_added_to_org "
        "org_login_required"
    ),
    Trouble.CREDENTIAL: (
        "account_inactive token_revoked token_expired invalid_auth not_authed missing_scope not_allowed_token_type "
        "no_permission access_denied accesslimited app_access_restricted enterprise_is_restricted "
        "team_access_not_granted team_not_found two_factor_setup_required invalid_token not_bearer_token"
    ),
    Trouble.CHANNEL: (
        "channel_not_found not_in_channel is_archived restricted_action restricted_action_read_only_channel "
        "restricted_action_thread_only_channel restricted_action_non_threadable_channel "
        "restricted_action_thread_locked cannot_reply_to_message messages_tab_disabled user_not_found user_disabled "
        "user_not_visible channel_is_limited_access is_inactive slack_connect_canvas_sharing_blocked "
        "slack_connect_file_link_sharing_blocked slack_connect_lists_sharing_blocked "
        "posting_to_general_channel_denied send_on_behalf_not_allowed ekm_access_denied"
    ),
    Trouble.MESSAGE: (
        "no_text invalid_blocks invalid_blocks_format msg_blocks_too_long msg_too_long too_many_attachments "
        "attachment_payload_limit_exceeded too_many_contact_cards invalid_attachments markdown_text_conflict "
        "invalid_metadata_format invalid_metadata_schema metadata_too_large metadata_must_be_sent_from_app "
        "missing_file_data duplicate_channel_not_found duplicate_message_not_found as_user_not_supported "
        "draft_already_deleted draft_already_sent draft_has_conflict draft_not_found "
        "agent_prompt_display_not_allowed"
    ),
    Trouble.REQUEST: (
        "invalid_arguments invalid_arg_name invalid_array_arg invalid_charset invalid_form_data invalid_post_type "
        "missing_post_type invalid_json json_not_object unknown_method method_deprecated deprecated_endpoint "
        "missing_argument"
    ),
}

TROUBLES = {code: trouble for trouble, codes in _TABLE.items() for code in codes.split()}

PERHAPS_DONE = frozenset({"internal_error", "fatal_error", "request_timeout"})
"""Codes after which, Slack says, part of the operation may have succeeded."""

INVALID_TOKEN = frozenset({"account_inactive", "token_revoked", "token_expired", "invalid_auth"})
"""Codes of a token that does not work any more; ``invalid_auth`` also of one that may not be used from our address."""

FORM = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "metadata_too_large",
        "metadata_must_be_sent_from_app",
    }
)
"""Codes that speak of a message's blocks or metadata: without these its words may be taken."""

NO_THREAD = frozenset(
    {
        "cannot_reply_to_message",
        "message_not_found",
        "thread_not_found",
        "restricted_action_non_threadable_channel",
    }
)
"""Codes after which a reply can only stand by itself: the message that it belongs under is gone (slack.md D5)."""

NOT_THERE = frozenset({"message_not_found", "channel_not_found"})
"""Codes after which there is no message left that could be changed."""

NOT_EDITABLE = frozenset({"cant_update_message", "edit_window_closed", "update_failed", "block_mismatch"})
"""Codes of a message that may not be changed, but perhaps taken back (slack.md D5)."""


def trouble_of(code: str) -> Trouble:
    """The class of a code; one that we do not know counts as the message's fault, so that it cannot loop."""
    return TROUBLES.get(code, Trouble.MESSAGE)
