"""A Redis of one's own, where it is installed, and the little of its protocol that is timed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from devstack.processes import free_port


class Redis:
    """One connection that sends a command and reads the first line of its answer."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, *words: str) -> bytes:
        """The answer to a command that is answered by one line, such as a number."""
        parts = [f"*{len(words)}\r\n"]
        parts += [f"${len(word.encode())}\r\n{word}\r\n" for word in words]
        self._socket.sendall("".join(parts).encode())
        answer = b""
        while not answer.endswith(b"\r\n"):
            answer += self._socket.recv(4096)
        if answer.startswith(b"-"):
            raise RuntimeError(answer.decode())
        return answer

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


@contextmanager
def redis_running() -> Iterator[Redis | None]:
    """A server in memory alone on a free port; None where redis-server is not installed."""
    program = shutil.which("redis-server")
    if program is None:
        yield None
        return
    port = free_port()
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    try:
        redis = _connected(port)
        yield redis
        redis.close()
    finally:
        server.terminate()
        server.wait(30)


def _connected(port: int) -> Redis:
    deadline = time.monotonic() + 30
    while True:
        try:
            return Redis(port)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
