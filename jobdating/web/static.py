"""Style sheets and scripts. `/static/VERSION/…` may be kept for a year: other contents have another address."""

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from jobdating.assets import SERVED, STATIC, VERSION

FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
WORKER = "js/offline-worker.js"  # answers for pages, not only for what lies beside it


class Static(StaticFiles):
    """The served part of the static folder, with or without a version in the address.

    Scripts import each other by relative addresses, so they stay within the version they were loaded from. An old
    version answers with what there is now, not to be kept.
    """

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        first, _, rest = path.partition("/")
        if first not in SERVED:
            path = rest
        if path.partition("/")[0] not in SERVED:
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        if path == WORKER:
            response.headers["service-worker-allowed"] = "/fairs/"
        response.headers["cache-control"] = FOREVER if first == VERSION else ASK_AGAIN
        return response
