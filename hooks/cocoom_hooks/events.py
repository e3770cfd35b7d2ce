"""Event hooks: the host tells its plugins what happened.

They hold for every event hook of this module:

* *When*: once for each act, in the process that carried it out (a web request or a host job), after the host has
  written its own change and before it commits. One act fires one hook: an administrator's unpublishing is
  ``cocoom_publication_moderated``, the author's own is ``cocoom_publication_unpublished``.
* *Transaction*: ``dbsession`` is the host's open session. A plugin may write in it, and must neither commit, roll
  back nor close it. What it writes becomes true, or vanishes, together with the host's change.
* *Returns*: nothing; a returned value is ignored.
* *Raising*: isolated. The host's action goes on, the failure is logged with the plugin's and the hook's name and
  counted, and the other plugins are told all the same. Wrappers are refused when the manager is built.
* *Since*: 0.1, unless said otherwise.
"""

from __future__ import annotations

from cocoom_hooks.host import DatabaseSession
from cocoom_hooks.markers import hookspec
from cocoom_hooks.payloads import (
    CollaboratorEvent,
    CommentEvent,
    CommentModerated,
    PostEdited,
    PostEvent,
    PostModerated,
    TenantEvent,
    ThreadEvent,
)

# --- the acts that people are told of (help.cocoom.com, notification page, cases N1 to N6) ---


@hookspec
def cocoom_publication_published(event: PostEvent, dbsession: DatabaseSession) -> None:
    """A publication appeared in a thread of this base (case N1). In a hub, fired once for each base that shows it."""


@hookspec
def cocoom_share_published(event: PostEvent, dbsession: DatabaseSession) -> None:
    """A share appeared in a thread of this base (case N1). In a hub, fired once for each base that shows it."""


@hookspec
def cocoom_collaborator_joined(event: CollaboratorEvent, dbsession: DatabaseSession) -> None:
    """A collaborator's account became usable (case N2): not on invitation, not on reactivation."""


@hookspec
def cocoom_comment_added(event: CommentEvent, dbsession: DatabaseSession) -> None:
    """Somebody commented on a post (case N3, told to the post's author)."""


@hookspec
def cocoom_comment_moderated(event: CommentModerated, dbsession: DatabaseSession) -> None:
    """An administrator deleted somebody else's comment (case N4, told to the comment's author)."""


@hookspec
def cocoom_publication_edited(event: PostEdited, dbsession: DatabaseSession) -> None:
    """A published publication was edited (case N5, told to its author when an administrator did it)."""


@hookspec
def cocoom_publication_moderated(event: PostModerated, dbsession: DatabaseSession) -> None:
    """An administrator unpublished or deleted somebody else's publication (case N6, told to its author)."""


@hookspec
def cocoom_share_moderated(event: PostModerated, dbsession: DatabaseSession) -> None:
    """An administrator deleted somebody else's share (case N6, told to its author)."""


# --- the acts that nobody is told of, but after which a plugin has something to tidy up ---


@hookspec
def cocoom_publication_unpublished(event: PostEvent, dbsession: DatabaseSession) -> None:
    """An author took a publication back. Earlier messages about it may be amended."""


@hookspec
def cocoom_publication_deleted(event: PostEvent, dbsession: DatabaseSession) -> None:
    """An author deleted a publication. Earlier messages about it may be withdrawn."""


@hookspec
def cocoom_share_deleted(event: PostEvent, dbsession: DatabaseSession) -> None:
    """An author deleted a share. Earlier messages about it may be withdrawn."""


@hookspec
def cocoom_comment_deleted(event: CommentEvent, dbsession: DatabaseSession) -> None:
    """A comment's author deleted it. Earlier messages about it may be withdrawn."""


@hookspec
def cocoom_collaborator_deactivated(event: CollaboratorEvent, dbsession: DatabaseSession) -> None:
    """A collaborator may no longer enter. A plugin must refuse to sign them in and stop telling them anything."""


@hookspec
def cocoom_collaborator_reactivated(event: CollaboratorEvent, dbsession: DatabaseSession) -> None:
    """A deactivated collaborator may enter again."""


@hookspec
def cocoom_collaborator_removed(event: CollaboratorEvent, dbsession: DatabaseSession) -> None:
    """A collaborator was removed for good. A plugin must forget who they are elsewhere."""


@hookspec
def cocoom_thread_updated(event: ThreadEvent, dbsession: DatabaseSession) -> None:
    """A thread's name, colour or address changed."""


@hookspec
def cocoom_thread_deleted(event: ThreadEvent, dbsession: DatabaseSession) -> None:
    """A thread is gone (it held no post any more)."""


@hookspec
def cocoom_tenant_removed(event: TenantEvent, dbsession: DatabaseSession) -> None:
    """A base is being removed. A plugin must delete what it keeps for that tenant."""
