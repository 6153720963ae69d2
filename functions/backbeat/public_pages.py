"""Pages of the open web, read without being led anywhere else.

Whoever names a page may try to have us call what only we can reach. So the name is resolved once,
every address it has must be public, and the connection goes to the very address that was checked,
while TLS and the header Host keep the name. Each redirect begins anew.
"""

import re
import ssl
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address

import httpcore
import httpx

from backbeat import __version__
from backbeat.public_addresses import Resolve, is_public, resolve_name
from backbeat.timed_streams import PinnedBackend, TimeIsOverError, seconds_left

PORT = 443
MAX_URL_LENGTH = 2000
REDIRECTS = (301, 302, 303, 307, 308)
# A name of the DNS: at least two labels, the last of which does not begin like a number.
HOST = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)


class PageRefusedError(Exception):
    """A page that is not read; `outcome` says why, in one word of letters and underscores."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


@dataclass(frozen=True)
class Limits:
    """What a page may cost us in all, with its redirects."""

    seconds: float
    size: int
    redirects: int


@dataclass(frozen=True)
class Page:
    """A page that was read: where it was in the end, and what it holds."""

    url: str
    body: bytes


class PublicPages:
    """Reads pages of the open web.

    `resolve`, `dialer` and `tls` are what reaches the network; what is refused is decided here.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        resolve: Resolve = resolve_name,
        dialer: httpcore.NetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits
        self._resolve = resolve
        self._dialer = dialer or httpcore.SyncBackend()
        self._tls = tls or httpx.create_ssl_context(trust_env=False)

    def read(self, url: str) -> Page:
        """Return a page of text; raises PageRefusedError."""
        deadline = time.monotonic() + self._limits.seconds
        try:
            for _ in range(self._limits.redirects + 1):
                parsed = parse_url(url)
                answer = self._get(parsed, deadline)
                if isinstance(answer, bytes):
                    return Page(str(parsed), answer)
                url = answer
        except (httpcore.TimeoutException, TimeIsOverError):
            raise PageRefusedError("timeout") from None
        except httpcore.ProtocolError:
            raise PageRefusedError("answer_invalid") from None
        except (httpcore.NetworkError, OSError, ValueError):
            raise PageRefusedError("unreachable") from None
        raise PageRefusedError("too_many_redirects")

    def _get(self, url: httpx.URL, deadline: float) -> bytes | str:
        """The body, or where it is said to be."""
        # Not .host, which is decoded for people to read.
        host = url.raw_host.decode("ascii")
        addresses = self._checked(host, deadline)
        backend = PinnedBackend(self._dialer, addresses, deadline)
        target = httpcore.URL(
            scheme=b"https", host=url.raw_host, port=PORT, target=url.raw_path or b"/"
        )
        headers: dict[str | bytes, str | bytes] = {
            "Host": host,
            "User-Agent": f"Backbeat/{__version__} (verify-artists)",
            "Accept": "text/*",
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        with (
            httpcore.ConnectionPool(ssl_context=self._tls, network_backend=backend) as pool,
            pool.stream("GET", target, headers=headers) as response,
        ):
            given = {name.lower().decode("latin-1"): value for name, value in response.headers}
            if response.status in REDIRECTS and "location" in given:
                return _joined(url, given["location"])
            if response.status != 200:
                raise PageRefusedError(f"status_{response.status}")
            if not given.get("content-type", b"").strip().lower().startswith(b"text/"):
                raise PageRefusedError("not_text")
            encoding = given.get("content-encoding", b"").strip().lower()
            return read_body(response.iter_stream(), encoding, self._limits.size)

    def _checked(self, host: str, deadline: float) -> list[str]:
        try:
            addresses = [ip_address(text) for text in self._resolve(host, seconds_left(deadline))]
        except ValueError:
            raise PageRefusedError("address_not_public") from None
        if not addresses:
            raise PageRefusedError("name_unknown")
        if not all(map(is_public, addresses)):
            raise PageRefusedError("address_not_public")
        # Each once, in the order of the answer.
        return list(dict.fromkeys(map(str, addresses)))


def parse_url(url: str) -> httpx.URL:
    """Take an address apart; raises PageRefusedError unless it is that of a page on a host."""
    if len(url) > MAX_URL_LENGTH or not re.fullmatch(r"[!-\[\]-~]+", url):
        raise PageRefusedError("url_invalid")
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise PageRefusedError("url_invalid") from None
    # It is longer once some of it is percent-encoded, and kept like that.
    if len(str(parsed)) > MAX_URL_LENGTH:
        raise PageRefusedError("url_invalid")
    if parsed.scheme != "https":
        raise PageRefusedError("not_https")
    if "@" in re.split(r"[/?#]", url.partition("//")[2], maxsplit=1)[0]:
        raise PageRefusedError("user_in_url")
    if parsed.port not in (None, PORT):
        raise PageRefusedError("port_refused")
    if not HOST.fullmatch(parsed.raw_host.decode("ascii", "replace")):
        raise PageRefusedError("host_invalid")
    return parsed.copy_with(fragment=None)


def read_body(chunks: Iterable[bytes], encoding: bytes, limit: int) -> bytes:
    """Return a body of at most `limit` bytes, as sent and as unpacked; no more is ever held."""
    if encoding not in (b"", b"identity", b"gzip"):
        raise PageRefusedError("encoding_refused")
    unpack = zlib.decompressobj(wbits=31) if encoding == b"gzip" else None
    body, sent = bytearray(), 0
    for chunk in chunks:
        sent += len(chunk)
        if unpack:
            try:
                chunk = unpack.decompress(chunk, limit + 1 - len(body))
            except zlib.error:
                raise PageRefusedError("answer_invalid") from None
        body += chunk
        if max(sent, len(body)) > limit:
            raise PageRefusedError("too_large")
    return bytes(body)


def _joined(url: httpx.URL, location: bytes) -> str:
    try:
        text = location.decode("ascii")
        # Before it is joined, as that would mend what is to be refused.
        if not re.fullmatch(r"[!-\[\]-~]{1,2000}", text):
            raise ValueError
        return text if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text) else str(url.join(text))
    except (httpx.InvalidURL, ValueError):
        raise PageRefusedError("url_invalid") from None
