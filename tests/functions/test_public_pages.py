"""The crawler, against local servers alone: what it reads, and forty and more ways to misuse it."""

from __future__ import annotations

import gzip
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address

import pytest

from backbeat.public_addresses import is_public, resolve_name
from backbeat.public_pages import PageRefusedError
from backbeat.timed_streams import TimeIsOverError
from tests.functions.web import (
    ADDRESS,
    ADDRESS_6,
    DEAD,
    FORGED,
    PLAIN,
    Serve,
    Web,
    begin,
    moved,
    running_web,
    text,
)
from tests.patience import PATIENCE_SECONDS

PAGE = "https://page.example.com/about"
SIZE = 20_000
# Long enough to begin with, and to see that it ends.
SHORT_SECONDS = 1.5


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Servers that answer for all public addresses there are here."""
    with running_web(tmp_path_factory.mktemp("web")) as web:
        yield web


@pytest.fixture
def web(servers: Web) -> Web:
    """The servers, with no names and no pages yet, and nothing noted."""
    for kept in (servers.pages, servers.names):
        kept.clear()
    for noted in (servers.resolved, servers.dialed, servers.greeted, servers.requests):
        noted.clear()
    return servers


def outcome(web: Web, url: str, seconds: float = 60) -> str:
    """Why a page is not read."""
    with pytest.raises(PageRefusedError) as refused:
        web.reader(seconds, SIZE).read(url)
    return refused.value.outcome


# What is wrong with the address itself: no name is asked for, and nobody is called.
ADDRESSES = {
    "no encryption": ("http://page.example.com/", "not_https"),
    "a file of ours": ("file:///etc/passwd", "not_https"),
    "another protocol": ("ftp://page.example.com/", "not_https"),
    "gopher": ("gopher://page.example.com:443/_GET", "not_https"),
    "a script": ("javascript:alert(1)", "not_https"),
    "data": ("data:text/plain,hello", "not_https"),
    "no scheme": ("//page.example.com/", "not_https"),
    "no host": ("https:///etc/passwd", "host_invalid"),
    "nothing": ("https://", "host_invalid"),
    "a user": ("https://ada@page.example.com/", "user_in_url"),
    "a user and a password": ("https://ada:secret@page.example.com/", "user_in_url"),
    "an empty user": ("https://@page.example.com/", "user_in_url"),
    "a name before another host": ("https://page.example.com:443@127.0.0.1/", "user_in_url"),
    "a backslash": ("https://page.example.com\\@127.0.0.1/", "url_invalid"),
    "a space": ("https://page.example.com/a b", "url_invalid"),
    "a header in it": ("https://page.example.com/\r\nHost: localhost", "url_invalid"),
    "a NUL": ("https://page.example.com\0.localhost/", "url_invalid"),
    "the port of SSH": ("https://page.example.com:22/", "port_refused"),
    "the port of HTTP": ("https://page.example.com:80/", "port_refused"),
    "another port": ("https://page.example.com:8443/", "port_refused"),
    "port 0": ("https://page.example.com:0/", "port_refused"),
    "loopback": ("https://127.0.0.1/", "host_invalid"),
    "loopback as one number": ("https://2130706433/", "host_invalid"),
    "loopback in hexadecimal": ("https://0x7f000001/", "host_invalid"),
    "loopback in parts of hexadecimal": ("https://0x7f.0x0.0x0.0x1/", "host_invalid"),
    "loopback in octal": ("https://0177.0.0.1/", "url_invalid"),
    "loopback, short": ("https://127.1/", "host_invalid"),
    "all of us": ("https://0.0.0.0/", "host_invalid"),
    "the metadata of a cloud": ("https://169.254.169.254/latest/meta-data/", "host_invalid"),
    "loopback of IPv6": ("https://[::1]/", "host_invalid"),
    "all of us in IPv6": ("https://[::]/", "host_invalid"),
    "loopback, mapped": ("https://[::ffff:127.0.0.1]/", "host_invalid"),
    "loopback, mapped in hexadecimal": ("https://[::ffff:7f00:1]/", "host_invalid"),
    "loopback by NAT64": ("https://[64:ff9b::7f00:1]/", "host_invalid"),
    "loopback by 6to4": ("https://[2002:7f00:1::]/", "host_invalid"),
    "link-local": ("https://[fe80::1]/", "host_invalid"),
    "a public address": (f"https://{ADDRESS}/", "host_invalid"),
    "localhost": ("https://localhost/", "host_invalid"),
    "localhost with a dot": ("https://localhost./", "host_invalid"),
    "a dot at the end": ("https://page.example.com./", "host_invalid"),
    "dots for numbers": ("https://127%2e0%2e0%2e1/", "host_invalid"),
    "wide digits": ("https://１２７.0.0.1/", "url_invalid"),
    "letters in circles": ("https://ⓛocalhost/", "url_invalid"),
    "too long": ("https://page.example.com/" + "x" * 2000, "url_invalid"),
    "too long once it is encoded": ("https://page.example.com/" + "{" * 900, "url_invalid"),
}


@pytest.mark.parametrize("what", ADDRESSES)
def test_an_address_that_is_not_of_a_page_is_refused_before_anybody_is_asked(
    what: str, web: Web
) -> None:
    url, expected = ADDRESSES[what]
    web.name("page.example.com")
    assert outcome(web, url) == expected
    assert (web.resolved, web.dialed) == ([], [])


# What a name of somebody else's may resolve to.
NOT_PUBLIC = (
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255",
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "100.127.255.255",
    "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:127.0.0.1",
    "::ffff:93.184.216.34", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1",
    "2001::1", "2001:0:7f00:1::", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "3fff::1",
    "fc00::1", "fd00:ec2::254", "fd20:ce::254", "fe80::1", "fe80::1%lo", "fec0::1", "ff02::1",
)  # fmt: skip


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_name_of_an_address_that_is_not_public_is_not_called(address: str, web: Web) -> None:
    assert not is_public(ip_address(address))
    for answer in ([address], [ADDRESS, address], [address, ADDRESS_6]):
        web.name("page.example.com", answer)
        assert outcome(web, PAGE) == "address_not_public"
    assert web.dialed == []


@pytest.mark.parametrize(
    "address",
    [ADDRESS, ADDRESS_6, "1.1.1.1", "100.128.0.1", "172.32.0.1", "2a00:1450::1", "2001:4860::8888"],
)
def test_other_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_a_name_without_addresses_and_one_with_nonsense_are_refused(web: Web) -> None:
    assert outcome(web, PAGE) == "name_unknown"
    web.name("page.example.com", ["not an address"])
    assert outcome(web, PAGE) == "address_not_public"
    assert web.dialed == []


def test_a_dns_that_changes_its_answer_leads_nowhere_else(web: Web) -> None:
    web.page(PAGE, text(b"the page"))
    web.name("page.example.com", [ADDRESS], ["127.0.0.1"])
    assert web.reader().read(PAGE).body == b"the page"
    # Asked once; what was called is what was checked, by its name.
    assert web.resolved == ["page.example.com"]
    assert web.dialed == [(ADDRESS, 443)]
    assert web.greeted == ["page.example.com"]
    assert web.requests == [("page.example.com", "/about")]
    assert outcome(web, PAGE) == "address_not_public"
    assert len(web.dialed) == 1


def test_a_dns_that_changes_between_redirects_is_checked_again(web: Web) -> None:
    web.page(PAGE, moved("/elsewhere"))
    web.page("https://page.example.com/elsewhere", text())
    web.name("page.example.com", [ADDRESS], ["10.0.0.1"])
    assert outcome(web, PAGE) == "address_not_public"
    assert web.dialed == [(ADDRESS, 443)]


REDIRECTS = {
    "loopback": ("https://127.0.0.1/", "host_invalid"),
    "loopback of IPv6": ("https://[::1]/", "host_invalid"),
    "localhost": ("https://localhost/", "host_invalid"),
    "metadata without encryption": ("http://169.254.169.254/latest/", "not_https"),
    "no encryption": ("http://page.example.com/", "not_https"),
    "a file": ("file:///etc/passwd", "not_https"),
    "another port": ("https://page.example.com:8443/", "port_refused"),
    "a user": ("https://ada@page.example.com/", "user_in_url"),
    "a name of a private address": ("https://inside.example.com/", "address_not_public"),
    "the same without a scheme": ("//inside.example.com/", "address_not_public"),
    "a user without a scheme": ("//ada@page.example.com/", "user_in_url"),
    "a name that is none": ("https://nobody.example.com/", "name_unknown"),
    "a backslash": ("https://page.example.com\\@127.0.0.1/", "url_invalid"),
    "other letters": ("https://ⓛocalhost/".encode().decode("latin-1"), "url_invalid"),
    "nothing to be seen": (" ", "url_invalid"),
    "too long once it is encoded": ("https://page.example.com/" + "{" * 900, "url_invalid"),
    "itself": ("/about", "too_many_redirects"),
}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("what", REDIRECTS)
def test_a_redirect_is_held_to_the_same_rules(what: str, status: int, web: Web) -> None:
    location, expected = REDIRECTS[what]
    web.page(PAGE, moved(location, status))
    web.name("inside.example.com", ["10.0.0.1"])
    assert outcome(web, PAGE) == expected
    assert set(web.dialed) == {(ADDRESS, 443)}
    assert len(web.dialed) == (4 if what == "itself" else 1)


def endless(web: Web, piece: bytes, wait: float = 0, **headers: str) -> Serve:
    """A body that has no end, in pieces."""

    def serve(request: BaseHTTPRequestHandler) -> None:
        given = {"content_type": "text/plain", **headers}
        begin(request, 200, **given)
        while not web.is_over.wait(wait):
            request.wfile.write(piece)
            request.wfile.flush()

    return serve


def raw(web: Web, first: bytes, again: bytes, wait: float) -> Serve:
    """An answer byte by byte, which has no end."""

    def serve(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(first)
        while not web.is_over.wait(wait):
            request.wfile.write(again)
            request.wfile.flush()

    return serve


def test_a_body_without_an_end_is_left(web: Web) -> None:
    web.page(PAGE, endless(web, b"x" * 4096))
    assert outcome(web, PAGE) == "too_large"


def test_chunks_without_an_end_are_left(web: Web) -> None:
    chunk = b"1000\r\n" + b"x" * 0x1000 + b"\r\n"
    web.page(PAGE, endless(web, chunk, transfer_encoding="chunked"))
    assert outcome(web, PAGE) == "too_large"


def test_a_body_that_is_one_byte_too_long_is_left_and_one_that_just_fits_is_read(web: Web) -> None:
    web.page(PAGE, text(b"x" * (SIZE + 1)))
    assert outcome(web, PAGE) == "too_large"
    web.page(PAGE, text(b"x" * SIZE))
    assert len(web.reader(size=SIZE).read(PAGE).body) == SIZE


@pytest.mark.parametrize("size", [SIZE + 1, 50_000_000])
def test_a_gzip_bomb_is_not_unpacked(size: int, web: Web) -> None:
    packed = gzip.compress(b"\0" * size)
    web.page(PAGE, text(packed, content_encoding="gzip"))
    assert outcome(web, PAGE) == "too_large"


def test_gzip_that_brings_nothing_without_an_end_is_left(web: Web) -> None:
    packer = zlib.compressobj(wbits=31)
    head = packer.compress(b"x") + packer.flush(zlib.Z_SYNC_FLUSH)
    # Empty blocks: they unpack to nothing, however many there are.
    nothing = b"\x00\x00\x00\xff\xff" * 800

    def serve(request: BaseHTTPRequestHandler) -> None:
        begin(request, content_type="text/plain", content_encoding="gzip")
        request.wfile.write(head)
        while not web.is_over.is_set():
            request.wfile.write(nothing)

    web.page(PAGE, serve)
    assert outcome(web, PAGE) == "too_large"


@pytest.mark.parametrize("encoding", ["deflate", "br", "zstd", "gzip, gzip", "compress"])
def test_what_is_packed_otherwise_is_refused(encoding: str, web: Web) -> None:
    web.page(PAGE, text(zlib.compress(b"hello"), content_encoding=encoding))
    assert outcome(web, PAGE) == "encoding_refused"


def test_broken_gzip_is_refused(web: Web) -> None:
    web.page(PAGE, text(b"this is not packed", content_encoding="gzip"))
    assert outcome(web, PAGE) == "answer_invalid"


def silence(web: Web) -> Serve:
    """No answer at all."""

    def serve(_: BaseHTTPRequestHandler) -> None:
        web.is_over.wait(60)

    return serve


SLOW: dict[str, Callable[[Web], Serve]] = {
    "a body drop by drop": lambda web: endless(web, b"x", 0.05),
    "a head drop by drop": lambda web: raw(web, b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x", 0.05),
    "interim answers without an end": lambda web: raw(
        web, b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", 0.05
    ),
    "silence": silence,
}


@pytest.mark.parametrize("what", SLOW)
def test_who_is_slow_is_left_when_the_time_is_over_whatever_each_read_brings(
    what: str, web: Web
) -> None:
    web.page(PAGE, SLOW[what](web))
    assert outcome(web, PAGE, SHORT_SECONDS) == "timeout"


def test_the_time_is_for_all_redirects_together(web: Web) -> None:
    def late(request: BaseHTTPRequestHandler) -> None:
        web.is_over.wait(SHORT_SECONDS * 0.7)
        moved("/about")(request)

    web.page(PAGE, late)
    assert outcome(web, PAGE, SHORT_SECONDS) == "timeout"
    assert len(web.requests) <= 2


def test_the_system_is_asked_for_the_whole_name_and_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, is_over = [], threading.Event()

    def answer(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append((host, port))
        if host.startswith("slow"):
            is_over.wait(PATIENCE_SECONDS)
        if host.startswith("nobody"):
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (ADDRESS_6, 443, 0, 0)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (ADDRESS, 443)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    assert resolve_name("page.example.com", PATIENCE_SECONDS) == [ADDRESS_6, ADDRESS]
    assert resolve_name("nobody.example.com", PATIENCE_SECONDS) == []
    # With the dot, no domain of the machine's own is tried behind it.
    assert asked == [("page.example.com.", 443), ("nobody.example.com.", 443)]
    with pytest.raises(TimeIsOverError):
        resolve_name("slow.example.com", 0.1)
    is_over.set()


def test_a_head_without_an_end_is_left(web: Web) -> None:
    web.page(PAGE, raw(web, b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"x" * 4000 + b"\r\n", 0))
    assert outcome(web, PAGE) == "answer_invalid"


@pytest.mark.parametrize("kind", ["image/png", "application/json", "application/octet-stream", ""])
def test_what_is_no_text_is_refused(kind: str, web: Web) -> None:
    web.page(PAGE, text(content_type=kind))
    assert outcome(web, PAGE) == "not_text"


@pytest.mark.parametrize("status", [201, 204, 304, 401, 403, 404, 410, 500, 503])
def test_what_is_no_page_is_refused(status: int, web: Web) -> None:
    web.page(PAGE, text(b"", status))
    assert outcome(web, PAGE) == f"status_{status}"


def test_who_speaks_no_tls_or_has_no_certificate_for_the_name_is_not_asked(web: Web) -> None:
    for address in (PLAIN, FORGED):
        web.page(PAGE, text())
        web.name("page.example.com", [address])
        assert outcome(web, PAGE) == "unreachable"
    # A good certificate, of other names.
    web.page("https://page.example.org/", text())
    assert outcome(web, "https://page.example.org/") == "unreachable"
    assert web.requests == []


def test_nobody_is_there(web: Web) -> None:
    web.name("page.example.com", [DEAD])
    assert outcome(web, PAGE) == "unreachable"


def test_a_page_is_read_over_either_protocol_and_at_the_next_address(web: Web) -> None:
    web.page(PAGE, text(b"the page"))
    for answer, dialed in (
        ([ADDRESS], [ADDRESS]),
        ([ADDRESS_6], [ADDRESS_6]),
        ([DEAD, ADDRESS], [DEAD, ADDRESS]),
        ([ADDRESS, ADDRESS, DEAD], [ADDRESS]),
    ):
        web.name("page.example.com", answer)
        web.dialed.clear()
        page = web.reader().read(PAGE)
        assert (page.url, page.body) == (PAGE, b"the page")
        assert web.dialed == [(address, 443) for address in dialed]


def test_a_page_is_read_in_chunks_packed_and_after_three_redirects(web: Web) -> None:
    def chunks(request: BaseHTTPRequestHandler) -> None:
        begin(request, content_type="text/plain", transfer_encoding="chunked")
        request.wfile.write(b"4\r\nthe \r\n4\r\npage\r\n0\r\n\r\n")

    web.page(PAGE, moved("https://www.example.net/1", 301))
    web.page("https://www.example.net/1", moved("two?x=1#there", 307))
    web.page("https://www.example.net/two?x=1", moved("//page.example.com/end", 308))
    for serve in (chunks, text(gzip.compress(b"the page"), content_encoding="gzip")):
        end = web.page("https://page.example.com/end", serve)
        page = web.reader().read(PAGE)
        assert (page.url, page.body) == (end, b"the page")
    assert web.resolved[:4] == [
        "page.example.com", "www.example.net", "www.example.net", "page.example.com",
    ]  # fmt: skip


def test_capitals_a_port_that_is_said_and_a_fragment_are_fine(web: Web) -> None:
    web.page(PAGE, text(b"the page"))
    assert web.reader().read("HTTPS://Page.Example.COM:443/about#code").url == PAGE


def test_a_name_in_other_letters_is_asked_for_as_the_dns_knows_it(web: Web) -> None:
    page = web.page("https://xn--bcher-kva.example.com/", text(b"the page"))
    assert web.reader().read(page).body == b"the page"
    assert web.resolved == ["xn--bcher-kva.example.com"]


def test_there_are_forty_hostile_addresses_and_more() -> None:
    assert len(ADDRESSES) + len(REDIRECTS) + len(SLOW) >= 60
