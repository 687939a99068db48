"""The live door: frames through a socket, or the same frames through a long poll. Carries no commands."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket


async def socket(websocket: WebSocket) -> None:
    """Frames as they come."""
    await websocket.close(1013)


async def poll(request: Request) -> Response:
    """The next frame."""
    return Response(status_code=204)
