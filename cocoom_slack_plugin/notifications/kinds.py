"""What can be told, in the words in which routes and preferences name it, and the hooks that each word stands for."""

from __future__ import annotations

from collections.abc import Mapping

PUBLICATIONS, SHARES, NEWCOMERS, COMMENTS, EDITS = "publications", "shares", "newcomers", "comments", "edits"

IN_CHANNELS: Mapping[str, str] = {
    "publication_published": PUBLICATIONS,
    "share_published": SHARES,
    "collaborator_joined": NEWCOMERS,
    "comment_added": COMMENTS,
    "publication_edited": EDITS,
}
"""What a route may send to a channel, by the kind of event."""

REMOVED_COMMENTS, REMOVED_POSTS = "removed_comments", "removed_posts"

TO_PEOPLE: Mapping[str, str] = {
    "comment_added": COMMENTS,
    "comment_moderated": REMOVED_COMMENTS,
    "publication_edited": EDITS,
    "publication_moderated": REMOVED_POSTS,
    "share_moderated": REMOVED_POSTS,
}
"""The personal cases N3 to N6 (cocoom.md 3.1), which one person is told by direct message, by the kind of event."""

CHANNEL_WORDS = tuple(IN_CHANNELS.values())
PERSONAL_WORDS = tuple(dict.fromkeys(TO_PEOPLE.values()))

GONE = frozenset(
    {
        "publication_unpublished",
        "publication_deleted",
        "publication_moderated",
        "share_deleted",
        "share_moderated",
    }
)
"""After these nobody can read the post any more."""
COMMENT_GONE = frozenset({"comment_deleted", "comment_moderated"})
CHANGING = GONE | COMMENT_GONE | {"publication_edited"}
"""After these what was told of a post is not true any more."""
