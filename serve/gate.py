"""What every request passes first: its identity, the limits on its bytes and time, and admission. Knows no route.

An ASGI middleware. Bytes are counted while the body is read, so that a chunked body is held to the limit too. Headers
with which a client could switch off the transport's protections are removed; the deadline here holds in any case.
"""

import asyncio
import math
import re
import secrets
import time
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from pose.errors import Overloaded, TooLarge
from serve.metering import Meter
from serve.problems import from_error, problem

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

STRIPPED = (b"x-request-timeout-seconds", b"x-request-disconnect-disabled", b"serve_multiplexed_model_id")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})")


class Gate:
    """`body_bytes` and `seconds` bound one request, `queue` the number of POSTs in flight.

    `proxied`: a proxy in front sets X-Request-Id on requests and answers, so it is taken as it is and not added again.
    """

    def __init__(
        self, app: App, body_bytes: int, seconds: float, queue: int, meter: Meter, proxied: bool = False
    ) -> None:
        self._app, self._meter, self._proxied = app, meter, proxied
        self._body_bytes, self._seconds, self._queue = body_bytes, seconds, queue
        self._waiting = 0
        self._usual_seconds = 2.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        state = scope.setdefault("state", {})
        headers = _take_headers(scope)
        state["request_id"] = _request_id(headers, self._proxied)
        added = {"traceparent": _traceparent(headers)}
        if not self._proxied:
            added["x-request-id"] = state["request_id"]
        answer = _Answer(send, added)
        with self._meter.request():
            await self._within(scope, headers, receive, answer)
        spent = time.perf_counter() - began
        self._meter.answered(scope["method"], _route(scope), answer.status, state.get("problem"), spent)

    async def _within(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, answer: "_Answer") -> None:
        """Runs the app under the limits, and answers itself where the app did not."""
        counted = scope["method"] == "POST"
        state = scope["state"]
        began = time.perf_counter()
        self._waiting += counted
        try:
            self._admit(state, headers, counted)
            async with asyncio.timeout(self._seconds):
                await self._app(scope, self._counted(receive), answer)
        except TimeoutError:
            detail = f"the answer was not ready within {self._seconds:g} s; ask for fewer or smaller pictures."
            await self._fallback(problem(state, 504, "deadline", detail, True), scope, receive, answer)
        except Exception as error:
            await self._fallback(from_error(state, error), scope, receive, answer)
        finally:
            self._waiting -= counted
            if counted and answer.status == 200:
                self._usual_seconds += 0.2 * (time.perf_counter() - began - self._usual_seconds)

    def _admit(self, state: dict[str, Any], headers: dict[bytes, bytes], counted: bool) -> None:
        announced = headers.get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > self._body_bytes:
            raise self._too_large()
        if counted and self._waiting > self._queue:
            state["retry_after"] = max(1, math.ceil(self._usual_seconds))
            raise Overloaded(f"{self._queue} requests are in flight already; try again after Retry-After seconds.")

    def _counted(self, receive: Receive) -> Receive:
        taken = 0

        async def counting() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._body_bytes:
                raise self._too_large()
            return message

        return counting

    def _too_large(self) -> TooLarge:
        return TooLarge(f"the body has more than {self._body_bytes} bytes; send smaller or fewer pictures.")

    async def _fallback(self, response: App, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        if not answer.status:
            await response(scope, receive, answer)


class _Answer:
    """The way out: adds headers, and remembers the status (0: none sent yet)."""

    def __init__(self, send: Send, added: dict[str, str]) -> None:
        self._send = send
        self._added = [(name.encode(), value.encode()) for name, value in added.items()]
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", []), *self._added]
        await self._send(message)


def _take_headers(scope: Scope) -> dict[bytes, bytes]:
    scope["headers"] = [(name, value) for name, value in scope["headers"] if name.lower() not in STRIPPED]
    return {name.lower(): value for name, value in scope["headers"]}


def _request_id(headers: dict[bytes, bytes], proxied: bool) -> str:
    given = headers.get(b"x-request-id", b"").decode("latin-1")
    return given if REQUEST_ID.fullmatch(given) or (proxied and given) else uuid.uuid4().hex


def _traceparent(headers: dict[bytes, bytes]) -> str:
    """W3C Trace Context: the caller's trace with a span of our own, or a new trace."""
    given = TRACEPARENT.fullmatch(headers.get(b"traceparent", b"").decode("latin-1"))
    trace, flags = given.groups() if given else (secrets.token_hex(16), "00")
    return f"00-{trace}-{secrets.token_hex(8)}-{flags}"


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "unknown"))
