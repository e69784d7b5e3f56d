"""The gate: bytes counted as they come, deadlines, admission, and identity in and out."""

import asyncio
import json

import pytest

from pose.errors import TooLarge
from serve.gate import Gate
from serve.metering import Meter
from tests.serve.stand_ins import Caller, StandInStages, make_api, png

FORM = [("image", ("a.png", png())), ("pose", (None, "walking"))]


def run(app, chunks=(b"",), headers=(), method="POST"):
    """One request against an ASGI app; returns (status, headers, body, chunks taken)."""
    sent, taken = [], []
    waiting = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive():
        taken.append(1)
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": "/", "headers": list(headers), "state": {}}
    asyncio.run(app(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), body, len(taken)


def gate(app, **limits):
    return Gate(app, **{"body_bytes": 100, "seconds": 5.0, "queue": 4, "meter": Meter(), **limits})


async def read_all(scope, receive, send):
    while (await receive())["more_body"]:
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps([n.decode() for n, _ in scope["headers"]]).encode()})


def test_a_chunked_body_is_stopped_at_the_limit():
    status, _, body, taken = run(gate(read_all), [b"x" * 40] * 50)
    assert status == 413
    assert json.loads(body)["code"] == TooLarge.code
    assert taken == 3


def test_an_announced_body_is_refused_unread():
    status, _, _, taken = run(gate(read_all), headers=[(b"content-length", b"101")])
    assert (status, taken) == (413, 0)


def test_headers_that_switch_off_protections_do_not_pass():
    given = [(b"x-request-timeout-seconds", b"-1"), (b"X-Request-Disconnect-Disabled", b"?1"), (b"accept", b"*/*")]
    _, _, body, _ = run(gate(read_all), headers=[*given, (b"serve_multiplexed_model_id", b"m")])
    assert json.loads(body) == ["accept"]


def test_the_deadline_holds():
    async def sleeps(scope, receive, send):
        await asyncio.sleep(60)

    status, _, body, _ = run(gate(sleeps, seconds=0.01))
    assert (status, json.loads(body)["code"]) == (504, "deadline")


def test_too_many_in_flight_are_turned_away_at_once():
    async def scenario():
        api = gate(held, queue=1)
        first = asyncio.ensure_future(_status(api, "POST"))
        await asyncio.sleep(0)
        answers = [await _status(api, "POST"), await _status(api, "GET")]
        release.set()
        return [*answers, await first]

    async def held(scope, receive, send):
        if scope["method"] == "POST":
            await release.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    release = asyncio.Event()
    (turned_away, retry_after), (read, _), (held_one, _) = asyncio.run(scenario())
    assert (turned_away, read, held_one) == (503, 200, 200)
    assert int(retry_after) >= 1


async def _status(app, method):
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    await app({"type": "http", "method": method, "path": "/", "headers": [], "state": {}}, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"]).get(b"retry-after")


@pytest.mark.parametrize(("given", "kept"), [("abc-1.2", True), ("a b", False), ("x" * 129, False)])
def test_request_id_comes_back_where_it_is_one(given, kept):
    answer = Caller(make_api()).get("/healthz", headers={"X-Request-Id": given})
    assert (answer.headers["x-request-id"] == given) is kept


def test_the_callers_trace_goes_on():
    trace = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    answer = Caller(make_api()).get("/healthz", headers={"traceparent": trace})
    assert answer.headers["traceparent"].startswith("00-" + "a" * 32)
    assert answer.headers["traceparent"] != trace
    assert Caller(make_api()).get("/healthz", headers={"traceparent": "junk"}).headers["traceparent"][:3] == "00-"


def test_the_limits_hold_in_the_application():
    small = Caller(make_api(settings={"limits": {"body_mib": 0.0001}}))
    assert small.post("/v1/transfers", files=FORM).json()["code"] == "too_large"
    few_pixels = Caller(make_api(settings={"limits": {"pixels": 100}}))
    assert few_pixels.post("/v1/transfers", files=FORM).status_code == 413
    slow = Caller(make_api(StandInStages(delay=1.0), {"limits": {"seconds": 0.05}}))
    answer = slow.post("/v1/transfers", files=FORM)
    assert (answer.status_code, answer.json()["code"], answer.json()["retryable"]) == (504, "deadline", True)
