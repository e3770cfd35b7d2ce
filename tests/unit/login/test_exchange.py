from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cocoom_slack_plugin.login.exchange import LARGEST_ANSWER, Exchange, TooLarge

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def server(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that answers each connection with whatever ``serve`` does to the socket."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65536)
                    serve(connection)
                except OSError:
                    pass

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _slowly(connection: socket.socket, data: bytes) -> None:
    for byte in data:
        connection.sendall(bytes([byte]))
        time.sleep(0.1)


@pytest.mark.parametrize(
    "serve",
    [
        lambda c: (c.sendall(HEAD + b"Content-Length: 100\r\n\r\n"), _slowly(c, b"x" * 30)),
        lambda c: (c.sendall(HEAD + b"\r\n"), _slowly(c, b"x" * 30)),
        lambda c: (c.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n64\r\n"), _slowly(c, b"x" * 30)),
        lambda c: _slowly(c, HEAD),
        lambda c: time.sleep(3),
    ],
    ids=["length", "close", "chunked", "head", "silence"],
)
def test_the_deadline_counts_everything(serve: Callable[[socket.socket], None]) -> None:
    """S51: also for a head that never ends."""
    with server(serve) as url:
        begun = time.monotonic()
        with pytest.raises(requests.Timeout):
            Exchange(0.5).send("GET", url)
        assert time.monotonic() - begun < 0.9


def test_calls_share_the_deadline() -> None:
    """S156"""

    def serve(connection: socket.socket) -> None:
        time.sleep(0.4)
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")

    with server(serve) as url:
        exchange = Exchange(0.6)
        assert exchange.send("GET", url).json() == {}
        with pytest.raises(requests.Timeout):
            exchange.send("GET", url)


@pytest.mark.parametrize("head", [b"\r\n", b"Content-Length: 60000000\r\n\r\n"])
def test_a_large_answer_is_cut_off(head: bytes) -> None:
    """S50"""
    sent = 0

    def serve(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(HEAD + head)
        for _ in range(60):
            connection.sendall(b"x" * 1_000_000)
            sent += 1

    with server(serve) as url, pytest.raises(TooLarge):
        Exchange(5).send("GET", url)
    assert sent < 30
    assert LARGEST_ANSWER == 1_000_000


def test_a_redirect_is_an_answer() -> None:
    def serve(connection: socket.socket) -> None:
        connection.sendall(
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
        )

    with server(serve) as url:
        assert Exchange(2).send("POST", url, data={"a": "b"}).status_code == 302


def test_proxies_of_the_environment_are_not_used_for_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with server(lambda c: c.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")) as url:
        assert Exchange(2).send("GET", url).text == "{}"


def test_a_connection_that_breaks_off() -> None:
    def serve(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n64\r\nabc")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with server(serve) as url, pytest.raises(requests.ConnectionError):
        Exchange(2).send("GET", url)


def test_a_certificate_nobody_vouches_for(tmp_path: Path) -> None:
    """S53"""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_self_signed(tmp_path))

    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            context.wrap_socket(connection, server_side=True).recv(1)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    with listener, pytest.raises(requests.exceptions.SSLError):
        Exchange(2).send("GET", f"https://localhost:{listener.getsockname()[1]}/")
    thread.join()


def _self_signed(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    certificate = builder.sign(key, hashes.SHA256())
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def test_nobody_there() -> None:
    with pytest.raises(requests.ConnectionError):
        Exchange(2).send("GET", "http://127.0.0.1:9/")
