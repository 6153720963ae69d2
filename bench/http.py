"""A small HTTP client that costs little itself: kept-alive sockets, one prepared request."""

from __future__ import annotations

import selectors
import socket
import time
from urllib.parse import urlsplit


def requests_per_second(
    url: str, path: str, token: str, *, connections: int, seconds: float
) -> float:
    """How many GETs are answered in a second over so many connections, one at a time on each."""
    target = urlsplit(url)
    assert target.hostname is not None
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {target.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n"
    ).encode()
    selector = selectors.DefaultSelector()
    received: dict[socket.socket, bytes] = {}
    for _ in range(connections):
        opened = socket.create_connection((target.hostname, target.port or 80))
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(opened, selectors.EVENT_READ)
        received[opened] = b""
        opened.sendall(request)
    answered = 0
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        for key, _ in selector.select(timeout=5):
            connection = key.fileobj
            assert isinstance(connection, socket.socket)
            chunk = connection.recv(1 << 16)
            if not chunk:
                raise ConnectionError("PostgREST closed a connection.")
            received[connection] += chunk
            if _is_whole(received[connection]):
                answered += 1
                received[connection] = b""
                connection.sendall(request)
    taken = time.perf_counter() - began
    for opened in received:
        opened.close()
    selector.close()
    return answered / taken


def _is_whole(answer: bytes) -> bool:
    """Whether an answer has come to its end; anything but 200 is an error."""
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    if not head.startswith(b"HTTP/1.1 200"):
        raise ConnectionError(answer[:300].decode(errors="replace"))
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return len(body) >= int(value)
    return answer.endswith(b"0\r\n\r\n")
