"""A server that stands in for a part: it says what it was asked, and answers as it is told."""

import asyncio
import gzip
import hashlib
import http.server
import socketserver
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

CHUNK = b"0123456789abcdef" * 4096


async def echo(request: Request) -> Response:
    """Everything about the request, and how large its body was."""
    digest, size = hashlib.sha256(), 0
    async for chunk in request.stream():
        digest.update(chunk)
        size += len(chunk)
    return JSONResponse(
        {
            "method": request.method,
            "path": request.scope["raw_path"].decode(),
            "query": request.scope["query_string"].decode(),
            "headers": dict(request.headers),
            "size": size,
            "sha256": digest.hexdigest(),
        }
    )


async def download(request: Request) -> Response:
    """So many chunks, one after the other."""
    count = int(request.path_params["count"])

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(count):
            yield CHUNK

    return StreamingResponse(chunks(), headers={"content-length": str(count * len(CHUNK))})


async def partial(request: Request) -> Response:
    """A range, compressed, with headers of every kind."""
    response = Response(
        gzip.compress(b"part"),
        206,
        headers={
            "content-encoding": "gzip",
            "content-range": request.headers.get("range", "") + "/100",
            "content-type": "text/plain",
            "preference-applied": request.headers.get("prefer", ""),
            "connection": "x-between-us",
            "x-between-us": "secret",
            "keep-alive": "timeout=5",
            "access-control-allow-origin": "https://only.example",
            "access-control-allow-credentials": "true",
            "location": "/elsewhere",
        },
    )
    response.raw_headers += [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
    return response


async def redirect(_request: Request) -> Response:
    """Somewhere else."""
    return Response(status_code=303, headers={"location": "https://app.example/#access_token=x"})


async def broken(_request: Request) -> Response:
    """Half of what was promised."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    return StreamingResponse(chunks(), headers={"content-length": "8"})


async def silent(request: Request) -> Response:
    """No answer as long as somebody waits for one."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response()


async def lite(request: Request) -> Response:
    """JSON in Lite's dialect."""
    return JSONResponse(
        {
            "created_at": "2026-11-21 01:36:21+00",
            "updated_at": "2026-11-21 01:36:21.25+00",
            "note": "2026-11-21 01:36:21+00",
            "signedUrl": "/storage/v1/object/sign/b/o?token=x",
            "path": request.scope["raw_path"].decode(),
        }
    )


APP = Starlette(
    routes=[
        Route("/download/{count:int}", download),
        Route("/partial", partial),
        Route("/redirect", redirect),
        Route("/broken", broken),
        Route("/silent", silent),
        Route("/auth/v1/lite", lite, methods=["GET", "POST"]),
        Route("/storage/v1/object/{path:path}", lite, methods=["GET", "POST"]),
        Route("/{path:path}", echo, methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    ]
)


@contextmanager
def serving(app: Starlette = APP) -> Iterator[str]:
    """Serve an application from a thread, and give its address."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off")
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 60
        while not server.started:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


class _HangUp(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        heard = b""
        while len(heard) < len(CHUNK) and not heard.endswith(b"END"):
            chunk = self.request.recv(len(CHUNK))
            heard += chunk
            if not chunk or heard.startswith(b"GET"):
                return


class _HeadIsLast(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    has_answered_head = False

    def do_POST(self) -> None:
        if self.has_answered_head:
            self.close_connection = True
            return
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_HEAD(self) -> None:
        self.has_answered_head = True
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def hanging_up() -> Iterator[str]:
    """A server that closes without a word, after a chunk or at the word END."""
    with _listening(_HangUp) as url:
        yield url


@contextmanager
def closing_after_head() -> Iterator[str]:
    """A server that answers nothing more on a connection after HEAD, and does not say so."""
    with _listening(_HeadIsLast) as url:
        yield url


@contextmanager
def _listening(handler: type[socketserver.BaseRequestHandler]) -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
