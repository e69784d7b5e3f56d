"""The HTTP contract over a pipeline: routes only. Runs in any ASGI server; knows no Ray and no network.

`create_api` is given everything it needs, so that tests plug in-process stages to the same application.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from pose.errors import InvalidInput
from pose.image import Picture, to_data_url
from serve import answers, problems, schemas
from serve.documentation import BODIES, ERRORS, PICTURE
from serve.encoding import encode_output
from serve.form import Fields, read_fields
from serve.gate import Gate
from serve.metering import Meter
from serve.page import PAGE
from serve.pipeline import Pipeline
from serve.poses import pose_list, pose_picture
from serve.requests import Format, Transfer
from serve.results import Result
from serve.settings import RequestLimits, Settings
from serve.stages import Image

TITLE = "Contrapposto"
SUMMARY = "Pose transfer: the same character, in the pose you ask for."


def create_api(
    pipeline: Pipeline, settings: Settings, weights: Mapping[str, str], meter: Meter, proxied: bool = False
) -> FastAPI:
    """The application. `weights`: name -> SHA-256, for reports; `meter`: what the pipeline observes with.

    `proxied`: a proxy in front sets X-Request-Id (see `serve.gate`).
    """
    app = FastAPI(title=TITLE, summary=SUMMARY, version="1", redoc_url=None)
    problems.install(app)
    limits = settings.limits
    app.add_middleware(
        Gate,
        body_bytes=limits.body_bytes,
        seconds=limits.seconds,
        queue=settings.ingress.queue,
        meter=meter,
        proxied=proxied,
    )
    routes = Routes(pipeline, settings, dict(weights), meter)
    app.include_router(_work(routes))
    app.include_router(_catalogue())
    app.include_router(_state(routes))
    return app


def _work(routes: "Routes") -> APIRouter:
    router = APIRouter(tags=["work"], responses=ERRORS)
    endpoints = {
        "/v1/figures": routes.figures,
        "/v1/transfers": routes.transfers,
        "/v1/keypoints": routes.keypoints,
        "/v1/backgrounds": routes.backgrounds,
        "/v1/upscales": routes.upscales,
    }
    for path, endpoint in endpoints.items():
        body = {"requestBody": {"required": True, "content": BODIES[path]}}
        router.add_api_route(path, endpoint, methods=["POST"], openapi_extra=body, response_model=None)
    return router


def _catalogue() -> APIRouter:
    router = APIRouter(tags=["poses"], responses=ERRORS)

    @router.get("/v1/poses")
    async def poses() -> dict[str, Any]:
        """The library's poses, with the URLs of their pictures."""
        return {"poses": pose_list()}

    @router.get("/v1/poses/{name}.png", response_class=Response, responses=PICTURE)
    async def picture(name: str, view: str = "front") -> Response:
        """One pose as a picture."""
        data = await asyncio.to_thread(pose_picture, name, view)
        return Response(data, media_type="image/png", headers={"Cache-Control": "public, max-age=86400"})

    return router


def _state(routes: "Routes") -> APIRouter:
    router = APIRouter(tags=["state"])

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Whether this process answers."""
        return {"status": "ok"}

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        """Whether every stage is loaded and warm: 200, else 503."""
        stages = await routes.pipeline.stages.ready()
        ready = bool(stages) and all(stages.values())
        return JSONResponse({"ready": ready, "stages": stages}, 200 if ready else 503)

    @router.get("/metrics", response_class=Response)
    async def metrics() -> Response:
        """Prometheus metrics of this process."""
        return Response(routes.meter.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    @router.get("/", response_class=HTMLResponse, include_in_schema=False)
    async def page() -> HTMLResponse:
        """A form to try it by hand."""
        return HTMLResponse(PAGE)

    return router


@dataclass(frozen=True)
class Routes:
    """The endpoints that take a body. Each reads and decodes off the event loop, asks the pipeline, and answers."""

    pipeline: Pipeline
    settings: Settings
    weights: dict[str, str]
    meter: Meter

    async def figures(self, request: Request) -> Response:
        """Parses and completes a character once; its id stands for `image` in later transfers."""
        fields = await self._fields(request, schemas.SOURCE)
        source = await asyncio.to_thread(schemas.to_source, fields, self.settings.limits)
        watch = self.pipeline.watch()
        parsed = await self.pipeline.parse(source, watch)
        body = await asyncio.to_thread(answers.figure_json, parsed, self.settings.ingress.figure_seconds)
        headers = {"Server-Timing": answers.server_timing(watch.seconds)}
        return JSONResponse(body | {"seconds": parsed.seconds}, 201, headers)

    async def transfers(self, request: Request) -> Response:
        """The same character in the pose asked for: a picture, or with `Accept: application/json` a transfer object.

        Several outputs always come as a transfer object.
        """
        fields = await self._fields(request, schemas.TRANSFER)
        asked = await asyncio.to_thread(schemas.to_transfer, fields, self.settings)
        result = await self.pipeline.transfer(asked)
        files = await asyncio.to_thread(answers.encode_all, [output.rgba for output in result.outputs], asked.format)
        if len(files) == 1 and not _wants_json(request):
            headers = answers.image_headers(result, self.weights)
            return Response(files[0], headers=headers, media_type=answers.MEDIA[asked.format])
        return await self._transfer_object(request, asked, result, files)

    async def keypoints(self, request: Request) -> Response:
        """The figures in a picture, largest first, each with its pose."""
        fields = await self._fields(request, ("image",))
        rgba = await self._picture(fields, schemas.decode_figure)
        watch = self.pipeline.watch()
        readings = await self.pipeline.read(rgba, watch)
        body = {
            "width": rgba.shape[1],
            "height": rgba.shape[0],
            "figures": [answers.reading_json(reading) for reading in readings],
        }
        return JSONResponse(body, headers={"Server-Timing": answers.server_timing(watch.seconds)})

    async def backgrounds(self, request: Request) -> Response:
        """The character where it stands, before another background."""
        fields = await self._fields(request, (*schemas.SOURCE, "figure", *schemas.BACKGROUND, "format"))
        limits = self.settings.limits
        source = await asyncio.to_thread(schemas.to_source_or_id, fields, limits)
        background = await asyncio.to_thread(schemas.to_background, fields, limits)
        watch = self.pipeline.watch()
        rgba = await self.pipeline.rebackground(source, background, watch)
        return await _picture_answer(request, rgba, schemas.to_format(fields), watch.seconds)

    async def upscales(self, request: Request) -> Response:
        """A picture at 2 or 4 times its size, or at 4K."""
        fields = await self._fields(request, ("image", "scale", "format"))
        scale, file_format = schemas.to_scale(fields, 2), schemas.to_format(fields)
        rgba = await self._picture(fields, schemas.decode_any)
        watch = self.pipeline.watch()
        larger = await self.pipeline.upscale(rgba, scale, watch)
        return await _picture_answer(request, larger, file_format, watch.seconds)

    async def _fields(self, request: Request, allowed: tuple[str, ...]) -> Fields:
        return await read_fields(request, allowed, schemas.picture_limits(self.settings.limits))

    async def _picture(self, fields: Fields, read: Callable[[bytes, RequestLimits], Picture]) -> Image:
        data = fields.one("image")
        if data is None:
            raise InvalidInput("field image is missing; send a picture in it.")
        return (await asyncio.to_thread(read, data, self.settings.limits)).rgba

    async def _transfer_object(
        self, request: Request, asked: Transfer, result: Result, files: list[bytes]
    ) -> JSONResponse:
        identity = f"tr_{request.scope['state']['request_id']}"
        keep = self.settings.ingress.figure_seconds
        body = await asyncio.to_thread(answers.transfer_json, identity, asked, result, files, self.weights, keep)
        return JSONResponse(body, headers={"Server-Timing": answers.server_timing(result.seconds)})


async def _picture_answer(request: Request, rgba: Image, file_format: Format, seconds: dict[str, float]) -> Response:
    data = await asyncio.to_thread(encode_output, rgba, file_format)
    headers = {"Server-Timing": answers.server_timing(seconds)}
    if not _wants_json(request):
        return Response(data, headers=headers, media_type=answers.MEDIA[file_format])
    body = {"image": to_data_url(data, file_format), "width": rgba.shape[1], "height": rgba.shape[0]}
    return JSONResponse(body, headers=headers)


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")
