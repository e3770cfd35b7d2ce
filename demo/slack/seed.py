"""A small world to start with: two workspaces with an app, one without, one Grid organisation, a handful of people."""

from __future__ import annotations

from collections.abc import Sequence

from demo.slack.loopback import check_redirect_url
from demo.slack.slack import Slack
from demo.slack.world.app import App, Bot
from demo.slack.world.channel import Channel, Posting
from demo.slack.world.installation import install
from demo.slack.world.team import Enterprise, Team
from demo.slack.world.user import User

ACME, GLOBEX, INITECH, ORION = "T0ACME", "T0GLOBEX", "T0INITECH", "T0ORION"
ORION_ORG = "E0ORION"
ACME_APP, GLOBEX_APP, ORION_APP = "A0ACME", "A0GLOBEX", "A0ORION"
ALICE, BOB, CHLOE, GUEST, LEAVER = "U0ALICE", "U0BOB", "U0CHLOE", "U0GUEST", "U0LEAVER"
GINA, HUGO, NINA, NOE, WALTER = "U0GINA", "U0HUGO", "U0NINA", "U0NOE", "W0WALTER"

BOT_SCOPES = frozenset(
    {
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "chat:write.public",
        "groups:read",
        "im:history",
        "im:write",
        "team:read",
        "users:read",
        "users:read.email",
    }
)


def seeded(acme_redirects: Sequence[str] = (), globex_redirects: Sequence[str] = ()) -> Slack:
    """A fresh Slack with the seed in it; raises NotLoopbackError for a bad redirect URL."""
    slack = Slack()
    _acme(slack, acme_redirects)
    _globex(slack, globex_redirects)
    _initech(slack)
    _orion(slack)
    return slack


def _acme(slack: Slack, redirects: Sequence[str]) -> None:
    team = slack.world.teams[ACME] = Team(ACME, "Acme", "acme")
    _people(
        team,
        User(
            ALICE,
            ACME,
            "alice",
            "Alice Martin",
            "alice@acme.example",
            is_admin=True,
            title="Head of knowledge",
        ),
        User(BOB, ACME, "bob", "Bob Leroy", "bob@acme.example", title="Field engineer"),
        User(CHLOE, ACME, "chloe", "Chloé Dubois", "chloe@acme.example", locale="fr-FR", title="Rédactrice"),
        User(GUEST, ACME, "gus", "Gus Guest", "gus@partner.example", is_restricted=True),
        User(LEAVER, ACME, "leo", "Leo Leaver", "leo@acme.example", deleted=True),
    )
    _channels(
        team,
        Channel("C0GENERAL", ACME, "general", is_general=True, purpose="Everybody at Acme"),
        Channel("C0NEWS", ACME, "news", purpose="What is new in our knowledge base"),
        Channel("C0WELCOME", ACME, "welcome", purpose="Say hello to newcomers"),
        Channel("C0BOARD", ACME, "board", is_private=True, purpose="Private: the bot is not in here"),
        Channel("C0EDITORS", ACME, "editors", is_private=True, purpose="Private: the bot was invited"),
        Channel("C0OLD", ACME, "old-project", is_archived=True),
        Channel("C0READONLY", ACME, "announcements", posting=Posting.READ_ONLY),
    )
    app = _app(slack, App(ACME_APP, "Cocoom", ACME, "1000000001.2000000001", "acme-client-secret"), redirects)
    _installed(slack, app, team, "acme", joins=("C0GENERAL", "C0NEWS", "C0WELCOME", "C0EDITORS", "C0OLD"))


def _globex(slack: Slack, redirects: Sequence[str]) -> None:
    team = slack.world.teams[GLOBEX] = Team(GLOBEX, "Globex", "globex")
    _people(
        team,
        User(GINA, GLOBEX, "gina", "Gina Roux", "gina@globex.example", is_admin=True),
        User(HUGO, GLOBEX, "hugo", "Hugo Noir", "hugo@globex.example", locale="fr-FR", tz="Europe/Paris"),
    )
    _channels(
        team,
        Channel("C1GENERAL", GLOBEX, "general", is_general=True),
        Channel("C1NEWS", GLOBEX, "news"),
        Channel("C1WELCOME", GLOBEX, "welcome"),
    )
    credentials = ("1000000002.2000000002", "globex-client-secret")
    app = _app(slack, App(GLOBEX_APP, "Cocoom", GLOBEX, *credentials), redirects)
    _installed(slack, app, team, "globex", joins=("C1GENERAL", "C1NEWS", "C1WELCOME"))


def _initech(slack: Slack) -> None:
    """Nobody has made an app here yet."""
    team = slack.world.teams[INITECH] = Team(INITECH, "Initech", "initech")
    _people(
        team,
        User(NINA, INITECH, "nina", "Nina Novak", "nina@initech.example", is_admin=True),
        User(NOE, INITECH, "noe", "Noé Garnier", "noe@initech.example", is_admin=True, locale="fr-FR"),
    )
    _channels(
        team,
        Channel("C3GENERAL", INITECH, "general", is_general=True),
        Channel("C3NEWS", INITECH, "news", purpose="What is new in our knowledge base"),
        Channel("C3BOARD", INITECH, "board", is_private=True, purpose="Private: no bot is in here yet"),
    )


def _orion(slack: Slack) -> None:
    """Enterprise Grid: an organisation, one workspace, one ``W…`` person; its app is not installed yet."""
    slack.world.enterprises[ORION_ORG] = Enterprise(ORION_ORG, "Orion Group", "orion-group")
    team = slack.world.teams[ORION] = Team(ORION, "Orion Labs", "orion-labs", ORION_ORG)
    walter = User(WALTER, ORION, "walter", "Walter Weiss", "walter@orion.example", enterprise_id=ORION_ORG)
    _people(team, walter)
    _channels(team, Channel("C2GENERAL", ORION, "general", is_general=True))
    _app(slack, App(ORION_APP, "Cocoom", ORION, "1000000003.2000000003", "orion-client-secret"), ())


def _people(team: Team, *users: User) -> None:
    team.users |= {user.id: user for user in users}


def _channels(team: Team, *channels: Channel) -> None:
    """Everybody active is in everything, guests in nothing but #general."""
    for channel in channels:
        channel.members = {
            user.id
            for user in team.people()
            if not user.deleted and (channel.is_general or not user.is_guest)
        }
        channel.creator = next(iter(team.users))
        team.add_channel(channel)


def _app(slack: Slack, app: App, redirects: Sequence[str]) -> App:
    app.signing_secret = f"{app.team_id.lower()}-signing-secret"
    app.bot_scopes = BOT_SCOPES
    app.redirect_urls = [check_redirect_url(url) for url in redirects]
    slack.world.apps[app.id] = app
    return app


def _installed(slack: Slack, app: App, team: Team, word: str, joins: Sequence[str]) -> None:
    """With a token a reader can recognise."""
    app.bots[team.id] = Bot(f"U0{word.upper()}BOT", f"B0{word.upper()}")
    token = install(slack.world, app, team, BOT_SCOPES, value=f"xoxb-demo-{word}")
    for channel_id in joins:
        team.channels[channel_id].members.add(token.user_id)
