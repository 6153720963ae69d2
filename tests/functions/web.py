"""A web of one's own: names that resolve as a test says, and pages on local servers with TLS."""

from __future__ import annotations

import datetime
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpcore
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from backbeat.public_pages import Limits, PublicPages
from tests.patience import PATIENCE_SECONDS

# Addresses that are anybody's to reach; nobody does: the dialer leads them to 127.0.0.1.
ADDRESS = "93.184.216.34"
ADDRESS_6 = "2606:2800:220:1:248:1893:25c8:1946"
# Here somebody answers without TLS, and with a certificate that nobody trusts.
PLAIN = "93.184.216.35"
FORGED = "93.184.216.36"
# Nobody answers here.
DEAD = "93.184.216.37"
NAMES = ("*.example.com", "*.example.net")

Serve = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Web:
    """Who has which addresses, what is on which page, and what was asked of whom."""

    pages: dict[str, Serve] = field(default_factory=dict)
    # For each name its answers, one after the other; the last of them stays.
    names: dict[str, list[list[str]]] = field(default_factory=dict)
    listening: dict[str, int] = field(default_factory=dict)
    resolved: list[str] = field(default_factory=list)
    dialed: list[tuple[str, int]] = field(default_factory=list)
    # The names that TLS was begun with, and the requests: header Host and path.
    greeted: list[str | None] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)
    trusted: Path = Path()

    def name(self, host: str, *answers: list[str]) -> None:
        """Let a name have these addresses: the first time it is asked for, the second, ..."""
        self.names[host] = list(answers or [[ADDRESS]])

    def page(self, url: str, serve: Serve) -> str:
        """Put something at an address, whose name gets an address unless it has one."""
        host, _, path = url.removeprefix("https://").partition("/")
        if host not in self.names:
            self.name(host)
        self.pages[f"{host}/{path}"] = serve
        return url

    def resolve(self, host: str, seconds: float) -> list[str]:
        """What the DNS says."""
        assert seconds > 0
        self.resolved.append(host)
        answers = self.names.get(host, [[]])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def reader(self, seconds: float = PATIENCE_SECONDS, size: int = 20_000) -> PublicPages:
        """What reads its pages, with TLS that trusts its certificates."""
        return PublicPages(
            Limits(seconds=seconds, size=size, redirects=3),
            resolve=self.resolve,
            dialer=Dialer(self),
            tls=ssl.create_default_context(cafile=str(self.trusted)),
        )


class Dialer(httpcore.NetworkBackend):
    """Connects to the local servers that stand for the addresses, and to nothing else."""

    def __init__(self, web: Web) -> None:
        self._web = web

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to whoever stands for the address; every one that is asked for is noted."""
        self._web.dialed.append((host, port))
        if host not in self._web.listening:
            raise httpcore.ConnectError("nobody is there")
        return httpcore.SyncBackend().connect_tcp(
            "127.0.0.1", self._web.listening[host], timeout, local_address, socket_options
        )


def text(body: bytes = b"hello", status: int = 200, **headers: str) -> Serve:
    """A page of text; a header is named with _ for -."""

    def serve(request: BaseHTTPRequestHandler) -> None:
        given = {"content_type": "text/html; charset=utf-8", "content_length": str(len(body))}
        begin(request, status, **{**given, **headers})
        request.wfile.write(body)

    return serve


def moved(location: str, status: int = 302) -> Serve:
    """A page that is elsewhere."""
    return text(b"", status, location=location)


def begin(request: BaseHTTPRequestHandler, status: int = 200, **headers: str) -> None:
    """The head of an answer; a header that is empty is left out."""
    request.send_response(status)
    for name, value in headers.items():
        if value:
            request.send_header(name.replace("_", "-"), value)
    request.end_headers()


@contextmanager
def running_web(folder: Path) -> Iterator[Web]:
    """Serve pages for the length of the block."""
    web = Web(trusted=folder / "authority.pem")
    good, forged = certificates(folder)
    with ExitStack() as running:
        port = running.enter_context(_serving(web, good))
        web.listening |= {ADDRESS: port, ADDRESS_6: port}
        web.listening[PLAIN] = running.enter_context(_serving(web, None))
        web.listening[FORGED] = running.enter_context(_serving(web, forged))
        running.callback(web.is_over.set)
        yield web


@contextmanager
def _serving(web: Web, tls: ssl.SSLContext | None) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.close_connection = True
            host = self.headers.get("Host", "")
            web.requests.append((host, self.path))
            web.pages.get(f"{host}{self.path}", text(b"nothing", 404))(self)

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    server = _Server(("127.0.0.1", 0), Handler)
    if tls:
        tls.sni_callback = lambda _socket, name, _context: web.greeted.append(name)
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: who reads goes away where it has had enough."""
        del request, client_address


def certificates(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Two contexts that serve all names: one that authority.pem vouches for, one it does not."""
    authority_key, authority = _signed("Authority", None, None)
    (folder / "authority.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    made = []
    for name, by_key, by in (("good", authority_key, authority), ("forged", None, None)):
        key, signed = _signed(name, by_key, by, NAMES)
        public, private = folder / f"{name}.pem", folder / f"{name}.key"
        public.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(public, private)
        made.append(context)
    return made[0], made[1]


def _signed(
    name: str,
    by_key: ec.EllipticCurvePrivateKey | None,
    by: x509.Certificate | None,
    names: tuple[str, ...] = (),
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """A key and its certificate: of an authority where it is for no names, signed by itself where
    nobody else does."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    is_authority = not names
    issuer_key = by_key or key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=is_authority,
                crl_sign=is_authority,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if names:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(each) for each in names])
        builder = builder.add_extension(alternatives, critical=False)
    return key, builder.sign(issuer_key, hashes.SHA256())
