"""What serves in the place of a provider: HTTP in a thread, asleep until somebody asks."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    """Reads and answers requests on connections that are kept, and says nothing of them."""

    protocol_version = "HTTP/1.1"

    def read(self) -> bytes:
        """The body of the request."""
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def write(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Answer, with JSON where the headers name nothing else."""
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: whoever serves reports what is worth it."""


def serve_until_stopped(serving: Callable[[int], AbstractContextManager[str]]) -> None:
    """Serve on PORT (0 picks a free one) until SIGTERM or SIGINT; a line says where."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with serving(int(os.environ.get("PORT", "0"))) as url:
        print(json.dumps({"message": "listening", "url": url}), flush=True)
        stop.wait()


@contextmanager
def in_thread(handler: type[BaseHTTPRequestHandler], port: int = 0) -> Iterator[str]:
    """Serve on 127.0.0.1 for the length of the block; gives the URL."""
    server = _Server(("127.0.0.1", port), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    _is_over = False

    def serve_forever(self, poll_interval: float | None = None) -> None:
        """Answer until `shutdown`: the library's own loop looks for that many times a second."""
        del poll_interval
        while not self._is_over:
            self.handle_request()

    def shutdown(self) -> None:
        """End `serve_forever`, which a connection wakes."""
        self._is_over = True
        socket.create_connection(("127.0.0.1", self.server_port)).close()
