"""What the gateway is told by its environment."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings


class GatewaySettings(BaseSettings):
    """Settings of the gateway; a missing one is named when it starts."""

    gateway_port: int
    publishable_key: SecretStr
    secret_key: SecretStr
    jwt_secret: SecretStr
    lite_url: str
    lite_publishable_key: SecretStr
    lite_secret_key: SecretStr
    postgrest_url: str
    functions_url: str
    realtime_url: str

    # The largest body of a request, in bytes.
    gateway_max_body_bytes: int = 210 * 1024 * 1024
    # How long a part may take to answer, in seconds; what hosted Supabase gives a function.
    gateway_timeout_seconds: float = 150.0
