from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import threading

import pytest

from demo.slack.__main__ import main
from demo.slack.loopback import NotLoopbackError, check_redirect_url, is_loopback
from demo.slack.server import start
from demo.slack.slack import Slack
from demo.slack.thread import SlackThread

from .asking import ask, form


def test_the_process_prints_its_address_and_stops_on_a_signal() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "demo.slack", "--port", "0", "--acme", "http://acme.localhost:6543/oidc"],
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        assert ask(url).status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com", "::"])
def test_it_listens_on_no_other_machine_s_address(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--host", host, "--port", "0"]) == 2
    assert "loopback addresses only" in capsys.readouterr().err


def test_a_redirect_url_slack_would_refuse_is_refused_at_the_command_line() -> None:
    with pytest.raises(NotLoopbackError):
        main(["--port", "0", "--acme", "http://acme.example/oidc"])


@pytest.mark.parametrize("host", ["localhost", "acme.localhost", "127.0.0.1", "127.3.2.1", "::1", "[::1]"])
def test_these_hosts_are_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.example/oidc",
        "ftp://localhost/x",
        "https://acme.example/oidc#part",
        "https://user@acme.example/",
        "nothing",
        "http://localhost.example/",
    ],
)
def test_these_are_no_redirect_urls(url: str) -> None:
    with pytest.raises(NotLoopbackError):
        check_redirect_url(url)


@pytest.mark.parametrize(
    "url", ["https://acme.cocoom.com/oidc", "http://localhost:6543/oidc", "http://a.localhost/oidc"]
)
def test_these_are_redirect_urls(url: str) -> None:
    assert check_redirect_url(url) == url


def test_it_serves_inside_a_running_loop_and_stops_with_the_block() -> None:
    async def scene() -> str:
        async with start(Slack()) as url:
            answer = await asyncio.to_thread(ask, f"{url}/.well-known/openid-configuration")
            assert answer.json["issuer"] == url
        return url

    with pytest.raises(ConnectionRefusedError):
        ask(asyncio.run(scene()))


def test_the_thread_ends_with_its_block() -> None:
    before = set(threading.enumerate())
    with SlackThread():
        (mine,) = set(threading.enumerate()) - before
        assert mine.name == "demo-slack"
    assert not mine.is_alive()


def test_the_thread_reports_why_it_could_not_start(it: SlackThread) -> None:
    taken = int(it.url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"), SlackThread(port=taken):
        pass


def test_work_is_done_in_the_server_s_own_thread_and_its_errors_come_back(it: SlackThread) -> None:
    assert it.run(lambda slack: threading.current_thread().name) == "demo-slack"
    with pytest.raises(LookupError, match="no team T9"):
        it.run(lambda slack: slack.world.team("T9"))


def test_every_answer_of_the_api_is_json_with_a_request_id(it: SlackThread) -> None:
    answer = form(f"{it.url}/api/auth.test", {})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert len(answer.headers["x-slack-req-id"]) == 32
