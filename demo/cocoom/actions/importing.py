"""Many posts in one act: an administrator brings in what was written elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from demo.cocoom.actions import posts
from demo.cocoom.actions.acting import Acting, ImpossibleError
from demo.cocoom.rights import Right
from demo.cocoom.tables import PostRow, ThreadRow

MOST = 500
"""Posts in one import."""


def import_posts(acting: Acting, thread: ThreadRow, titles: Sequence[str]) -> list[PostRow]:
    """Publish one publication for each title. Their events carry one ``batch`` id."""
    acting.require(Right.ADMINISTER)
    if len(titles) > MOST:
        raise ImpossibleError(f"at most {MOST} posts can be imported at once")
    importing = replace(acting, batch=f"import-{uuid.uuid4().hex}")
    return [posts.publish(importing, thread, posts.PostText(title)) for title in titles]
