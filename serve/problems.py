"""Every error as RFC 9457 `application/problem+json`, FastAPI's own included.

Members: type, title, status, detail (a sentence with the remedy), code, request_id, retryable. What an unforeseen
error said is logged, never answered.
"""

import json
import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from pose.errors import ContrappostoError

LOG = logging.getLogger("contrapposto")
MEDIA_TYPE = "application/problem+json"
CODES = {400: "malformed_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
UNFORESEEN = "the service failed in a way that it did not foresee; try again, and tell the operator the request_id."
SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "request_id", "retryable"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "retryable": {"type": "boolean"},
    },
}


def problem(
    state: dict[str, Any], status: int, code: str, detail: str, retryable: bool = False, headers: Any = None
) -> Response:
    """The answer for one error. `state` is the request's (`scope["state"]`): its id goes in, the code comes out."""
    state["problem"] = code
    body = {
        "type": f"urn:contrapposto:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": state.get("request_id", ""),
        "retryable": retryable,
    }
    return Response(json.dumps(body), status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def from_error(state: dict[str, Any], error: BaseException) -> Response:
    """The answer for any exception: our own as they say; all others as `internal`, logged and not quoted."""
    if isinstance(error, ContrappostoError) and error.status < 500:
        return problem(state, error.status, error.code, error.message, error.retryable)
    if isinstance(error, ContrappostoError) and error.retryable:
        wait = str(state.get("retry_after", 1))
        return problem(state, error.status, error.code, error.message, True, {"Retry-After": wait})
    LOG.error("request %s failed", state.get("request_id"), exc_info=error)
    return problem(state, 500, "internal", UNFORESEEN, True)


def install(app: FastAPI) -> None:
    """Registers the handlers on an app."""
    app.add_exception_handler(ContrappostoError, _handle)
    app.add_exception_handler(HTTPException, _handle_http)
    app.add_exception_handler(RequestValidationError, _handle_validation)


async def _handle(request: Request, error: Exception) -> Response:
    return from_error(request.scope["state"], error)


async def _handle_http(request: Request, error: Exception) -> Response:
    raised = error if isinstance(error, HTTPException) else HTTPException(500)
    status = raised.status_code
    details = {
        404: f"there is nothing at {request.url.path}; /openapi.json lists what there is.",
        405: f"{request.method} is not answered at {request.url.path}; /openapi.json lists what is.",
    }
    detail = details.get(status, f"{raised.detail}; send the body as /openapi.json describes it.")
    code = CODES.get(status, "malformed_request" if status < 500 else "internal")
    return problem(request.scope["state"], status, code, detail, status >= 500, raised.headers)


async def _handle_validation(request: Request, error: Exception) -> Response:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    told = "; ".join(f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in faults)
    return problem(request.scope["state"], 422, "invalid_input", f"{told}; /openapi.json says what is taken.")
