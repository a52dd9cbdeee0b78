"""Around every request: its size, its line in the log, its place in the metrics."""

from time import perf_counter
from uuid import uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shiwu_models.serve.logs import log
from shiwu_models.serve.metrics import Metrics
from shiwu_models.serve.problems import Problem

_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
]


class Bounded:
    """Refuses a body that is larger than ``limit`` bytes, at its head or where it grows past it."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app, self._limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        read = 0
        problem = Problem("body-too-large", f"more than {self._limit} bytes")

        async def bounded() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._limit:
                raise problem
            return message

        said = dict(scope["headers"]).get(b"content-length", b"0")
        if said.isdigit() and int(said) > self._limit:
            await problem.response()(scope, receive, send)
        else:
            await self._app(scope, bounded, send)


class Observed:
    """Logs and counts. A route is named by its template, so that nothing a client wrote is kept."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = perf_counter()
        request_id = uuid4().hex
        facts: dict[str, object] = {}
        scope.setdefault("state", {})["facts"] = facts
        status = 500

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message.get("headers", []), *_HEADERS]
                message["headers"] = [*headers, (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, observed)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            seconds = perf_counter() - start
            self._metrics.requests.labels(route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(seconds)
            log(
                "request",
                id=request_id,
                method=scope["method"],
                route=route,
                status=status,
                ms=round(1e3 * seconds, 1),
                **facts,
            )
