"""Requests of httpx that end at one moment: connection, head and body together."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpcore
import httpx

from backbeat.timed_streams import TimedBackend, TimeIsOverError

# What httpx calls what httpcore raises.
ERRORS: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.PoolTimeout: httpx.PoolTimeout,
    httpcore.ReadError: httpx.ReadError,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteError: httpx.WriteError,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
    httpcore.UnsupportedProtocol: httpx.UnsupportedProtocol,
    # Whatever each read brings; perhaps the request was heard.
    TimeIsOverError: httpx.ReadTimeout,
}


class TimedTransport(httpx.BaseTransport):
    """Sends each request by a connection of its own, which ends at the request's deadline.

    That is its extension `deadline`, a time of `time.monotonic()`. The timeouts of httpx count as
    well, but each of them begins anew with every byte.
    """

    def __init__(self) -> None:
        self._dialer = httpcore.SyncBackend()
        self._tls = httpx.create_ssl_context()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; the body of the answer is still to be read."""
        assert isinstance(request.stream, httpx.SyncByteStream)
        backend = TimedBackend(self._dialer, request.extensions["deadline"])
        pool = httpcore.ConnectionPool(ssl_context=self._tls, network_backend=backend)
        try:
            with _as_httpx():
                answer = pool.handle_request(
                    httpcore.Request(
                        method=request.method,
                        url=httpcore.URL(
                            scheme=request.url.raw_scheme,
                            host=request.url.raw_host,
                            port=request.url.port,
                            target=request.url.raw_path,
                        ),
                        headers=request.headers.raw,
                        content=request.stream,
                        extensions=request.extensions,
                    )
                )
        except BaseException:
            pool.close()
            raise
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(pool, answer))


class _Body(httpx.SyncByteStream):
    """What is still to come of an answer; who closes it ends the connection."""

    def __init__(self, pool: httpcore.ConnectionPool, answer: httpcore.Response) -> None:
        self._pool = pool
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
        self._pool.close()


@contextmanager
def _as_httpx() -> Iterator[None]:
    try:
        yield
    except tuple(ERRORS) as error:
        raise ERRORS[type(error)](str(error)) from error
