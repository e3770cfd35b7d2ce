"""The fault proxy itself, between a real client and a real echo server."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest

from .patience import until
from .proxy import FaultProxy

GENEROUS = 30.0


class Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while heard := self.request.recv(65_536):
            self.request.sendall(heard)


@pytest.fixture
def proxy() -> Iterator[FaultProxy]:
    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None: ...

    with Server(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with FaultProxy(server.server_address[1]) as made:
            yield made
        server.shutdown()
        thread.join()


def _client(proxy: FaultProxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=GENEROUS)


def _ask(client: socket.socket, words: bytes) -> bytes:
    client.sendall(words)
    heard = b""
    while len(heard) < len(words):
        chunk = client.recv(65_536)
        if not chunk:
            break
        heard += chunk
    return heard


def _read_to_the_end(client: socket.socket) -> None:
    """Raises ConnectionResetError unless the end is a proper one."""
    heard = 0
    while chunk := client.recv(1):
        heard += len(chunk)
        assert heard <= 3, "more than was let through"


def test_in_fair_weather_everything_passes(proxy: FaultProxy) -> None:
    words = bytes(range(256)) * 4_000
    with _client(proxy) as client:
        client.settimeout(GENEROUS)
        sender = threading.Thread(target=client.sendall, args=(words,))
        sender.start()
        heard = b""
        while len(heard) < len(words):
            heard += client.recv(65_536)
        sender.join()
    assert heard == words
    assert proxy.accepted == 1


def test_latency_and_bandwidth_are_waited_for_and_can_be_lifted(proxy: FaultProxy) -> None:
    with _client(proxy) as client:
        proxy.change(latency=0.2)
        began = time.monotonic()
        assert _ask(client, b"slow") == b"slow"
        assert time.monotonic() - began >= 0.4
        proxy.change(latency=0.0, bandwidth=100)
        began = time.monotonic()
        assert _ask(client, b"x" * 20) == b"x" * 20
        assert time.monotonic() - began >= 0.4
        proxy.calm()
        assert _ask(client, b"fair") == b"fair"


def test_a_refusing_proxy_resets_what_is_open_and_opens_again_at_the_same_port(proxy: FaultProxy) -> None:
    port = proxy.port
    with _client(proxy) as client:
        assert _ask(client, b"a") == b"a"
        proxy.refuse()
        with pytest.raises(ConnectionResetError):
            client.recv(1)
    with pytest.raises(ConnectionRefusedError):
        _client(proxy)
    proxy.calm()
    assert proxy.port == port
    with _client(proxy) as client:
        assert _ask(client, b"b") == b"b"


def test_cutting_is_a_real_reset_and_new_connections_pass(proxy: FaultProxy) -> None:
    with _client(proxy) as client:
        assert _ask(client, b"a") == b"a"
        proxy.cut()
        with pytest.raises(ConnectionResetError):
            client.recv(1)
    with _client(proxy) as client:
        assert _ask(client, b"b") == b"b"


def test_silence_swallows_on_open_connections_too(proxy: FaultProxy) -> None:
    with _client(proxy) as client:
        assert _ask(client, b"a") == b"a"
        proxy.change(silent=True)
        client.sendall(b"lost")
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)
        proxy.calm()
        client.settimeout(GENEROUS)
        assert _ask(client, b"b") == b"b"


def test_after_so_many_bytes_it_is_cut(proxy: FaultProxy) -> None:
    proxy.change(limit=3)
    with _client(proxy) as client:
        client.sendall(b"abcdef")
        with pytest.raises(ConnectionResetError):
            _read_to_the_end(client)


def test_a_slow_end_keeps_the_clients_end_from_the_server(proxy: FaultProxy) -> None:
    proxy.change(slow_close=0.4)
    with _client(proxy) as client:
        assert _ask(client, b"a") == b"a"
        client.shutdown(socket.SHUT_WR)
        began = time.monotonic()
        assert client.recv(1) == b""
        assert time.monotonic() - began >= 0.4


@pytest.mark.parametrize("hand_on", [False, True])
def test_an_ambush_waits_for_its_words_and_springs_once(proxy: FaultProxy, hand_on: bool) -> None:
    sprung = proxy.cut_at(b"insert", b"commit", hand_on=hand_on)
    with _client(proxy) as client, _client(proxy) as other:
        assert _ask(client, b"commit") == b"commit"
        assert _ask(client, b"insert") == b"insert"
        assert _ask(other, b"commit") == b"commit"
        client.sendall(b"commit")
        until(sprung.is_set)
        with pytest.raises(ConnectionResetError):
            _read_to_the_end(client)
        assert _ask(other, b"insert, commit") == b"insert, commit"


def test_what_the_server_says_can_be_rewritten(proxy: FaultProxy) -> None:
    proxy.change(rewrite=(b"6.2", b"5.0"))
    with _client(proxy) as client:
        assert _ask(client, b"redis 6.2") == b"redis 5.0"
