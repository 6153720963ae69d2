"""An HTTP server in a thread, which sleeps until somebody asks something of it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


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
