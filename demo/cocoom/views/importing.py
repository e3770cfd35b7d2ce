"""The form by which an administrator imports posts into a thread."""

from __future__ import annotations

from typing import Any

from demo.cocoom import hub
from demo.cocoom.actions import importing
from demo.cocoom.rights import Right
from demo.cocoom.tables import ThreadRow
from demo.cocoom.views import wanted
from demo.cocoom.views.forms import Form
from demo.cocoom.views.page import deed, go_to, page


@page("thread_import", "import", Right.ADMINISTER)
def import_form(request: Any) -> dict[str, Any]:
    thread = wanted.thread(request)
    hub.require_own(request.dbsession, thread)
    return _page(thread, Form({}))


@deed("thread_import", Right.ADMINISTER, renderer="import")
def import_posts(request: Any) -> Any:
    """Field ``titles``: one a line."""
    thread, form = wanted.thread(request), Form(request.POST)
    titles = form.lines("titles")
    if form.faults:
        request.response.status_int = 422
        return _page(thread, form)
    importing.import_posts(request.acting, thread, titles)
    return go_to(f"/threads/{thread.id}")


def _page(thread: ThreadRow, form: Form) -> dict[str, Any]:
    return {"thread": thread, "values": form.values, "faults": form.faults, "most": importing.MOST}
