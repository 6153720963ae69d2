"""The one door to people's e-mail: an SMTP server, as every provider has one."""

from __future__ import annotations

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from types import TracebackType
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from backbeat.errors import EmailUnavailableError
from backbeat.settings import Settings

CLOSING = "You decide in the app what you get by e-mail."


class Letter(BaseModel):
    """What one person is to read."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    notification_id: UUID
    email: str
    display_name: str
    subject: str
    body: str
    data: dict[str, Any]


class Mailer:
    """One session with the server, opened for the first letter and closed with the block."""

    def __init__(self, settings: Settings, host: str, sender: str) -> None:
        self._settings = settings
        self._host = host
        self._sender = sender
        self._session: smtplib.SMTP | None = None

    def __enter__(self) -> Mailer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def send(self, letter: Letter) -> None:
        """Hand a letter over; raises EmailUnavailableError when the server does not take it."""
        message = written(letter, self._sender)
        try:
            if self._session is None:
                self._session = self._connect()
            self._session.send_message(message)
        except (smtplib.SMTPException, OSError) as error:
            # The next letter begins anew; an answer's text may hold the address.
            self._close()
            code = getattr(error, "smtp_code", "")
            raise EmailUnavailableError(reason=f"{type(error).__name__} {code}".strip()) from None

    def _connect(self) -> smtplib.SMTP:
        settings, context = self._settings, ssl.create_default_context()
        where, limit = (self._host, settings.smtp_port), settings.smtp_timeout_seconds
        if settings.smtp_security == "tls":
            session: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=limit, context=context)
        else:
            session = smtplib.SMTP(*where, timeout=limit)
        try:
            if settings.smtp_security == "starttls":
                session.starttls(context=context)
            if settings.smtp_user and settings.smtp_password:
                session.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        except BaseException:
            session.close()
            raise
        return session

    def _close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            try:
                session.quit()
            except (smtplib.SMTPException, OSError):
                session.close()


def written(letter: Letter, sender: str) -> EmailMessage:
    """Put a letter into the form of the post; tried again, it has the same Message-ID."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = Address(letter.display_name, addr_spec=letter.email)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(localtime())
    domain = message["From"].addresses[0].domain
    message["Message-ID"] = f"<notification.{letter.notification_id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{letter.body}.\n\n{CLOSING}\n")
    return message


def connect_mailer(settings: Settings) -> Mailer | None:
    """Return a Mailer, None where no server is named."""
    if not settings.smtp_host or not settings.email_from:
        return None
    return Mailer(settings, settings.smtp_host, settings.email_from)
