"""Connections all of whose work ends at one moment, also to addresses that were chosen before."""

import ssl
import time
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore


class TimeIsOverError(Exception):
    """The moment at which all had to be done has passed."""


def seconds_left(deadline: float, at_most: float | None = None) -> float:
    """Seconds until a time of `time.monotonic()`; raises TimeIsOverError where there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeIsOverError
    return left if at_most is None else min(left, at_most)


class TimedBackend(httpcore.NetworkBackend):
    """Dials by another one, as long as there is time."""

    def __init__(self, dialer: httpcore.NetworkBackend, deadline: float) -> None:
        self._dialer = dialer
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect; what is read and written ends at the same moment."""
        left = seconds_left(self._deadline, timeout)
        stream = self._dialer.connect_tcp(host, port, left, local_address, socket_options)
        return _TimedStream(stream, self._deadline)


class PinnedBackend(httpcore.NetworkBackend):
    """Dials these addresses, whatever name it is asked to connect to."""

    def __init__(
        self, dialer: httpcore.NetworkBackend, addresses: Sequence[str], deadline: float
    ) -> None:
        self._dialer = TimedBackend(dialer, deadline)
        self._addresses = addresses

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the addresses that answers."""
        del host  # The addresses were found by it.
        failure: Exception = httpcore.ConnectError("no address")
        for address in self._addresses:
            try:
                return self._dialer.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _TimedStream(httpcore.NetworkStream):
    """A stream whose reads and writes end at the deadline, however little each of them brings."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=seconds_left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=seconds_left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        encrypted = self._stream.start_tls(
            ssl_context, server_hostname, timeout=seconds_left(self._deadline, timeout)
        )
        return _TimedStream(encrypted, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
