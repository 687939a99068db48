"""Serves an application: one process, its listening socket, hardened connections, and an orderly end.

Told to stop (SIGTERM, SIGINT), it accepts nobody any more, finishes the requests that run, tells sockets to come back
(1012), and is gone within ten seconds.
"""

import uvicorn
from starlette.applications import Starlette

from jobdating import logs
from jobdating.realtime.protocol import HardenedHttp, HardenedWebSocket

GRACE_SECONDS = 7  # for requests that run when we are told to stop
LARGEST_MESSAGE = 64 * 1024
PING_SECONDS = 15  # between pings, and to answer one: who is gone is noticed within 30 s


def serve(app: Starlette, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT. Prints one line with the address when ready."""
    logs.begin()
    server_for(app, host, port, announce=True).run()


def server_for(app: Starlette, host: str, port: int, *, announce: bool = False) -> "Server":
    """A server that is not running yet, for those who run it inside their own event loop."""
    return Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            loop="uvloop",
            http=HardenedHttp,
            ws=HardenedWebSocket,
            ws_max_size=LARGEST_MESSAGE,
            ws_per_message_deflate=False,
            ws_ping_interval=PING_SECONDS,
            ws_ping_timeout=PING_SECONDS,
            log_config=None,
            access_log=False,  # what stands in front of us keeps one; here it cost a tenth of every request
            server_header=False,
            backlog=4096,
            timeout_graceful_shutdown=GRACE_SECONDS,
        ),
        app,
        announce=announce,
    )


class Server(uvicorn.Server):
    """Looks after its connections once a second, and lets those who wait go when it stops."""

    def __init__(self, config: uvicorn.Config, app: Starlette, *, announce: bool) -> None:
        super().__init__(config)
        self._app = app
        self._announce = announce

    async def startup(self, sockets=None) -> None:  # type: ignore[no-untyped-def]
        await super().startup(sockets)
        if self._announce and self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            print(f"http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0:
            self.look_after_connections()
        return await super().on_tick(counter)

    def look_after_connections(self) -> None:
        """Drop who is silent, stuck or noisy."""
        for connection in list(self.server_state.connections):
            connection.check()  # type: ignore[union-attr]

    async def shutdown(self, sockets=None) -> None:  # type: ignore[no-untyped-def]
        house = getattr(self._app.state, "house", None)
        if house is not None and house.relay is not None:
            house.relay.stop_waiting()
        await super().shutdown(sockets)
