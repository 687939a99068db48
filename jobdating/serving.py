"""Serves an application: one process, its listening socket, and an orderly end."""

import logging

import uvicorn
from starlette.types import ASGIApp

GRACE_SECONDS = 8  # for requests that run when we are told to stop


class Server(uvicorn.Server):
    """Says where it listens as soon as it is ready."""

    async def startup(self, sockets=None) -> None:  # type: ignore[no-untyped-def]
        await super().startup(sockets)
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        print(f"http://{host}:{port}", flush=True)


def serve(app: ASGIApp, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT. Prints one line with the address when ready."""
    server_for(app, host, port).run()


def server_for(app: ASGIApp, host: str, port: int) -> Server:
    logging.basicConfig(level=logging.WARNING)
    return Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            loop="uvloop",
            http="httptools",
            ws="websockets-sansio",
            ws_max_size=64 * 1024,
            ws_per_message_deflate=False,
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
