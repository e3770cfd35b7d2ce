"""A faithful stand-in of Slack: OpenID Connect, OAuth v2, the Web API, and pages that show what was posted.

As a process, which prints ``{"url": ...}`` when it is ready::

    python -m demo.slack --port 6868 --acme http://acme.localhost:6543/oidc

In a test::

    with SlackThread() as it:                    # demo.slack.thread; seeded; port 0
        client = WebClient("xoxb-demo-acme", base_url=it.api_url, retry_handlers=[])
        client.chat_postMessage(channel="#news", text="hi")
        it.control.wait_for("T0ACME", "news")    # demo.slack.control.Control; works against the process too
        it.control.set_redirect_urls("A0ACME", "http://acme.localhost:6543/oidc")
        it.control.approve_as("U0ALICE", team="T0ACME")    # consent without a page; else &as_user=U0ALICE
        it.control.fault("reset_after", "chat.postMessage", times=1)       # demo.slack.faults has all kinds
        it.control.id_token(claims={"nonce": "other"}, times=1)            # demo.slack.signin.knobs
        it.control.limits(enabled=False)

Apps are made at ``/apps`` from a manifest, as on api.slack.com, or by ``apps.manifest.*`` with the token of
``it.control.configuration_token("T0ACME", "U0ALICE")``.

Inside a running loop: ``async with demo.slack.server.start(seeded()) as url``. The seed's ids, people and
secrets are in ``demo.slack.seed``. Rules of behaviour cite ``slack.md``, the project's notes on Slack.
"""
