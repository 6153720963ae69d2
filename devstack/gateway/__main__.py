"""Run the gateway: python -m devstack.gateway."""

import logging

import uvicorn

from devstack.gateway.app import create_app
from devstack.gateway.settings import GatewaySettings
from devstack.gateway.websocket import FRAME_BYTES


def main() -> None:
    """Serve on 127.0.0.1 until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    # It logs every request with its query.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    settings = GatewaySettings.model_validate({})
    uvicorn.run(
        create_app(settings),
        host="127.0.0.1",
        port=settings.gateway_port,
        ws="websockets-sansio",
        ws_max_size=FRAME_BYTES,
        # Longer than clients keep a connection, or one is closed while a request is on its way.
        timeout_keep_alive=75,
        log_level="warning",
        access_log=False,
        # Clients are not believed who they say they are.
        proxy_headers=False,
        server_header=False,
        # Filters over many ids make long addresses.
        h11_max_incomplete_event_size=64 * 1024,
        timeout_graceful_shutdown=3,
    )


if __name__ == "__main__":
    main()
