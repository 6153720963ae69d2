"""Run the gateway: python -m devstack.gateway."""

import logging

from devstack.asgi import serve
from devstack.gateway.app import create_app
from devstack.gateway.settings import GatewaySettings
from devstack.gateway.websocket import FRAME_BYTES


def main() -> None:
    """Serve on 127.0.0.1 until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    # It logs every request with its query.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    settings = GatewaySettings.model_validate({})
    serve(
        create_app(settings),
        settings.gateway_port,
        ws_max_size=FRAME_BYTES,
        # Longer than clients keep a connection, or one is closed while a request is on its way.
        timeout_keep_alive=75,
        server_header=False,
        # Filters over many ids make long addresses.
        h11_max_incomplete_event_size=64 * 1024,
    )


if __name__ == "__main__":
    main()
