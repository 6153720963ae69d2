"""A mail server that keeps what it is sent, with a say in how it answers."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import BinaryIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class PostOffice:
    """What arrived, and what the server shall refuse."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    sessions: int = 0
    logins: list[str] = field(default_factory=list)
    # Answers to RCPT of the next letters, where they are not to be taken.
    refusals: list[str] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    was_encrypted: list[bool] = field(default_factory=list)


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A context that serves a certificate of 127.0.0.1 of its own, and where that lies."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "server.pem", folder / "server.key"
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
    return context, public


class _Session(socketserver.BaseRequestHandler):
    """One session of RFC 5321, as far as a client of ours goes."""

    office: PostOffice
    lines: BinaryIO
    is_encrypted = False

    def handle(self) -> None:
        self.office.sessions += 1
        self.say("220 post office")
        while line := self.lines.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            match verb.upper():
                case "EHLO":
                    offers = ["AUTH PLAIN"]
                    if self.office.tls and not self.is_encrypted:
                        offers.append("STARTTLS")
                    for offer in ("post office", *offers):
                        self.say(f"250-{offer}")
                    self.say("250 8BITMIME")
                case "STARTTLS" if self.office.tls:
                    self.say("220 go ahead")
                    if not self.encrypt(self.office.tls):
                        return
                case "AUTH":
                    self.office.logins.append(base64.b64decode(rest.split()[-1]).decode())
                    self.say("235 welcome")
                case "RCPT" if self.office.refusals:
                    self.say(self.office.refusals.pop(0))
                case "DATA":
                    self.say("354 go on")
                    self.take()
                case "QUIT":
                    self.say("221 bye")
                    return
                case "MAIL" | "RCPT" | "RSET":
                    self.say("250 fine")
                case _:
                    self.say("502 no")

    def setup(self) -> None:
        self.lines = self.request.makefile("rb")

    def finish(self) -> None:
        self.lines.close()
        self.request.close()

    def encrypt(self, context: ssl.SSLContext) -> bool:
        """Go on encrypted; whether the client trusts us."""
        self.lines.close()
        try:
            self.request = context.wrap_socket(self.request, server_side=True)
        except (ssl.SSLError, OSError):
            return False
        self.lines = self.request.makefile("rb")
        self.is_encrypted = True
        return True

    def take(self) -> None:
        """Read a letter up to its end."""
        raw = b""
        while (line := self.lines.readline()) != b".\r\n":
            raw += line
        self.office.letters.append(message_from_bytes(raw, policy=default))
        self.office.was_encrypted.append(self.is_encrypted)
        self.say("250 taken")

    def say(self, line: str) -> None:
        self.request.sendall(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """Serve for the length of the block."""
    office = PostOffice()
    handler = type("Session", (_Session,), {"office": office})
    with _Server(("127.0.0.1", 0), handler) as server:
        office.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield office
        finally:
            server.shutdown()
            thread.join()
