"""The environment variables of the functions, read once, when first needed."""

from email.utils import parseaddr
from functools import cache
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from backbeat import __version__
from backbeat.errors import NotConfiguredError


def _base_url(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("must start with http:// or https://")
    return value.rstrip("/")


def _live_url(value: str) -> str:
    if not value.startswith(("ws://", "wss://", "http://", "https://")):
        raise ValueError("must start with wss:// or https://")
    return value.rstrip("/")


def _sender(value: str) -> str:
    if any(not character.isprintable() for character in value) or "@" not in parseaddr(value)[1]:
        raise ValueError("must be an address such as Backbeat <hello@example.com>")
    return value


def _result_url(value: str) -> str:
    if "{key}" not in value:
        raise ValueError("must have {key} where the idempotency key goes")
    return _base_url(value)


def _path(value: str) -> str:
    if not all(value.split(".")):
        raise ValueError("must be names with dots between, such as result.score")
    return value


def _webhook_secrets(value: SecretStr) -> SecretStr:
    if any(len(secret.strip()) < 8 for secret in value.get_secret_value().split(",")):
        raise ValueError("must be secrets such as whsec_..., comma separated")
    return value


Url = Annotated[str, AfterValidator(_base_url)]
Path = Annotated[str, AfterValidator(_path)]
DetectorScale = Literal["unit", "percent", "label"]
Seconds = Annotated[float, Field(gt=0, le=600)]


class Settings(BaseSettings):
    """Each field is the environment variable of the same name in capitals; empty means unset."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True)

    backbeat_version: str = __version__

    supabase_url: Url
    supabase_secret_key: SecretStr
    # Only for projects (and the development stack) that still sign with a shared secret.
    supabase_jwt_secret: Annotated[SecretStr, Field(min_length=32)] | None = None
    # Default: where hosted Supabase publishes the project's own keys.
    supabase_jwks_url: Url | None = None

    # A scheduled function is opened by this secret, or by Google's token for this account.
    cron_secret: Annotated[SecretStr, Field(min_length=16)] | None = None
    cron_oidc_audience: str | None = None
    cron_oidc_service_account: str | None = None
    google_jwks_url: Url = "https://www.googleapis.com/oauth2/v3/certs"

    # Comma separated; `*` lets every page call, which is safe as nothing rests on cookies.
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    max_body_bytes: Annotated[int, Field(ge=0, le=32 * 1024 * 1024)] = 1024 * 1024

    # How listeners get at the file of a track: by an address the Storage API signs, or one of S3.
    stream_urls: Literal["storage", "s3"] = "storage"

    # An S3 object store; without an endpoint, Amazon's own.
    s3_endpoint_url: Url | None = None
    s3_region: str = "us-east-1"
    s3_access_key: SecretStr | None = None
    s3_secret_key: SecretStr | None = None
    archive_bucket: str = "backbeat-archive"

    expo_api_base: Url = "https://exp.host"
    # Only for apps with enhanced push security.
    expo_access_token: SecretStr | None = None

    # The mail server that send-email hands letters to; without one nothing goes by e-mail.
    smtp_host: str | None = None
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    # Such as `Backbeat <hello@example.com>`.
    email_from: Annotated[str, AfterValidator(_sender)] | None = None

    # The server of live audio, as apps reach it (wss://...), and its key; none: nobody is live.
    livekit_url: Annotated[str, AfterValidator(_live_url)] | None = None
    livekit_api_key: str | None = None
    livekit_api_secret: SecretStr | None = None
    # How long a run of watch-live goes on looking at the outbox while somebody is live.
    live_watch_seconds: Annotated[float, Field(ge=0, le=55)] = 50

    # Stripe, or what stands in its place; without a key nothing is sold. The key says which mode it
    # is (sk_live_...), and each webhook has a secret of its own: comma separated.
    stripe_api_base: Url = "https://api.stripe.com"
    stripe_secret_key: Annotated[SecretStr, Field(min_length=8)] | None = None
    stripe_webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secrets)] | None = None
    # The monthly prices of the plans, as made in Stripe's dashboard.
    stripe_price_pro: str | None = None
    stripe_price_studio: str | None = None
    # Where the app is; people come back from Stripe to paths of it.
    frontend_url: Url | None = None

    # What a page of the open web may cost verify-artists, with its redirects.
    page_timeout_seconds: Seconds = 10
    page_bytes: Annotated[int, Field(ge=1, le=100_000_000)] = 1_000_000
    page_redirects: Annotated[int, Field(ge=0, le=10)] = 3
    # Chromaprint's tool, where it is installed, and how much of a track it hears.
    fpcalc: str = "fpcalc"
    fingerprint_seconds: Annotated[int, Field(ge=10, le=480)] = 120
    fingerprint_file_bytes: Annotated[int, Field(ge=1)] = 200 * 1024 * 1024
    # How many proxies before the functions add to X-Forwarded-For; Google's front end is one.
    forwarded_hops: Annotated[int, Field(ge=0, le=10)] = 1

    # Who says whether a machine made an upload: none (people decide), http or local (needs the
    # optional dependencies `detector`). Each version looks at a file once: name a new one to have
    # files looked at by a new model.
    detector: Literal["none", "http", "local"] = "none"
    detector_version: Annotated[str, Field(pattern=r"^[A-Za-z0-9._+-]{1,100}$")] = "1"
    # Where a check is asked for, and where one that was asked for is looked up by its idempotency
    # key ({key}); without the latter people decide on what may have been heard and not answered.
    detector_url: Url | None = None
    detector_result_url: Annotated[str, AfterValidator(_result_url)] | None = None
    # Authorization has `Bearer ` put in front of the key.
    detector_api_key: SecretStr | None = None
    detector_api_key_header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,100}$")] = (
        "Authorization"
    )
    detector_url_field: Annotated[str, Field(min_length=1)] = "url"
    # How answers are read: a score of 0 to 1 (unit) or 0 to 100 (percent), or a label with what it
    # stands for; how sure the provider is that a machine made it (ai) or people did (human).
    detector_score_path: Path = "score"
    detector_scale: DetectorScale = "unit"
    detector_score_of: Literal["ai", "human"] = "ai"
    detector_labels: Annotated[tuple[tuple[str, float], ...], NoDecode] = (
        ("human", 0.0),
        ("mixed", 50.0),
        ("ai", 100.0),
    )
    detector_reference_path: Path = "reference"
    detector_id_path: Path = "id"
    # For providers that answer later: <functions>/detection-callback, and what they sign with.
    detector_callback_url: Url | None = None
    detector_callback_secret: Annotated[SecretStr, Field(min_length=16)] | None = None

    connect_timeout_seconds: Seconds = 3
    database_timeout_seconds: Seconds = 10
    storage_timeout_seconds: Seconds = 30
    keys_timeout_seconds: Seconds = 5
    s3_timeout_seconds: Seconds = 60
    archive_timeout_seconds: Seconds = 600
    expo_timeout_seconds: Seconds = 15
    smtp_timeout_seconds: Seconds = 15
    livekit_timeout_seconds: Seconds = 10
    stripe_timeout_seconds: Seconds = 20
    detector_timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 30
    fpcalc_timeout_seconds: Seconds = 60

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())

    @field_validator("detector_labels", mode="before")
    @classmethod
    def _read_labels(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pairs = []
        for part in value.split(","):
            label, _, number = part.partition("=")
            risk = float(number)
            if not label.strip() or not 0 <= risk <= 100:
                raise ValueError("must be labels with 0 to 100, such as human=0,ai=100")
            pairs.append((label.strip().lower(), risk))
        return tuple(pairs)

    @property
    def stripe_livemode(self) -> bool:
        """Whether real money moves."""
        key = self.stripe_secret_key.get_secret_value() if self.stripe_secret_key else ""
        return "_live_" in key

    @property
    def stripe_webhook_secrets(self) -> tuple[str, ...]:
        """The secrets that events may be signed with."""
        if self.stripe_webhook_secret is None:
            return ()
        secrets = self.stripe_webhook_secret.get_secret_value().split(",")
        return tuple(secret.strip() for secret in secrets)

    @property
    def jwks_url(self) -> str:
        """Where the keys of signed-in people's tokens are published."""
        return self.supabase_jwks_url or f"{self.supabase_url}/auth/v1/.well-known/jwks.json"


@cache
def load_settings() -> Settings:
    """Read the environment once; NotConfiguredError names each missing or unfit variable."""
    try:
        return Settings()  # type: ignore[call-arg]  # the fields come from the environment
    except ValidationError as error:
        # Names and rules only: the values may be secrets.
        faults = [
            f"{str(fault['loc'][0]).upper()} "
            + ("is not set" if fault["type"] == "missing" else f"is unfit: {fault['msg']}")
            for fault in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise NotConfiguredError(reason="; ".join(faults)) from None
