"""Stable Diffusion and SDXL inpainting under ControlNet and IP-Adapter as the engine's program: each job is one
painting on its own way from noise.

The library's pipeline prepares and decodes each request; only the steps are taken here, so that all requests of one key
share them, each at its own timestep with its own scheduler, generator and ControlNet schedule. In float32 a painting
comes out as from the library's own pipeline, alone or in company. Knows no canvases, warps or alpha.

Tested against the library with tiny random networks on a CPU; not run on a GPU or with full-size weights so far.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from deployments.backends.spec import Runtime
from deployments.checkpoints.opening import Checkpoint
from deployments.denoiser.checkpoint.canvas import Canvas, advance, restore, resume, save, snapshot, turn
from deployments.denoiser.checkpoint.conditions import (
    Prompts,
    Request,
    Window,
    encode_prompts,
    guidance_rows,
    prepare,
    scheduled,
    with_steps,
)
from deployments.denoiser.checkpoint.networks import BY_TORCH, DEFAULT, substitutes
from deployments.denoiser.checkpoint.painting import Painter, Painting, Sampling, tell_unheard
from deployments.denoiser.checkpoint.parts import parts_of
from deployments.denoiser.checkpoint.pipeline import Assembled, assemble
from deployments.denoiser.checkpoint.reuse import check_split, predict_reusing
from deployments.denoiser.checkpoint.rows import Networks, gather, predict
from deployments.denoiser.checkpoint.saved import belonging, taken_up
from deployments.denoiser.checkpoint.stepping import stepping
from deployments.denoiser.engine.memory import refusing
from deployments.denoiser.engine.slots import Job
from deployments.signature import Bucket
from pose.errors import InvalidInput, NotFinite, Overloaded


def open_painter(
    checkpoint: Checkpoint,
    sampling: Sampling,
    device: torch.device,
    dtype: torch.dtype,
    runtime: Runtime = DEFAULT,
    compiled: tuple[Bucket, ...] = (),
) -> Painter:
    """The painter of an operator's checkpoint, on a device and in a precision.

    runtime: what runs its UNet and ControlNet (`networks`); compiled: the canvases to compile them for, () for the
    usual two. Raises WeightsError for folders that do not fit, ArtefactError for networks that are not there or cannot
    do what sampling asks for, GraphError where torch cannot compile.
    """
    assembled = assemble(checkpoint, device, dtype)
    if not assembled.adapted:
        tell_unheard(sampling, ("identity_scale",), "the checkpoint has no ip_adapter")
    if runtime.backend in BY_TORCH:
        return InpaintProgram(assembled, sampling, device)
    parts = parts_of(assembled.pipeline, checkpoint, compiled or runtime.canvases)
    networks = substitutes(parts, runtime, device, dtype, *assembled.canvas)
    return InpaintProgram(assembled, sampling, device, networks)


class InpaintProgram:
    """See `engine.slots.Program` and `Painter`.

    networks: what runs in place of the pipeline's own UNet and ControlNet; None: they themselves.
    """

    def __init__(
        self, assembled: Assembled, sampling: Sampling, device: torch.device, networks: Networks | None = None
    ) -> None:
        pipeline = assembled.pipeline
        self.sha256 = assembled.sha256
        self.side, self.multiple = assembled.canvas
        self._pipeline, self._sampling, self._device = pipeline, sampling, device
        self._adapted = assembled.adapted
        self._heard: float | None = None
        self._networks = networks or Networks(pipeline.unet, pipeline.controlnet)
        if sampling.reuse > 0:
            check_split(self._networks, pipeline.unet)
        self._prompts = _prompts(assembled, sampling, device)

    def job(
        self,
        painting: Painting,
        steps: int | None = None,
        sampling: Sampling | None = None,
        window: Window = (0.0, 1.0),
        **more: Any,
    ) -> Job:
        """The job of a painting; `steps` None: as sampling says; `more`: the job's deadline and the like.

        sampling: for this painting alone, with the painter's prompts; window: shares of the steps between which the
        ControlNet is heard. Raises InvalidInput for a canvas whose sides are not multiples of `multiple`, and for
        steps that the scheduler does not have.
        """
        height, width = painting.missing.shape
        if height % self.multiple or width % self.multiple:
            raise InvalidInput(
                f"expected sides that are multiples of {self.multiple}, got {width} x {height}; pad the canvas."
            )
        chosen = with_steps(sampling or self._sampling, steps)
        self._check(chosen)
        _, timesteps = scheduled(self._pipeline, chosen.steps, chosen.strength, torch.device("cpu"))
        identity = chosen.identity_scale if self._adapted else 0.0
        key = (self.sha256, identity, (height, width), chosen.reuse > 0)
        rows = guidance_rows(self._pipeline, chosen)
        return Job(key, Request(painting, chosen, window), len(timesteps), rows, **more)

    @property
    def sampling(self) -> Sampling:
        """What a job has that brings none of its own."""
        return self._sampling

    @torch.no_grad()
    def start(self, job: Job) -> Canvas:
        request: Request = job.work
        with refusing(Overloaded):
            conditions = prepare(self._pipeline, self._prompts, request, self._device)
        of = self._belonging(request, conditions.latents.dtype)
        canvas = Canvas(of, request, conditions, conditions.latents)
        found = taken_up(job.saved, of, job.steps)
        if found is not None:
            resume(canvas, found)
        return canvas

    @torch.no_grad()
    def step(self, states: Sequence[Canvas]) -> None:
        before = [snapshot(state) for state in states]
        try:
            with stepping(self._device):
                self._step(states)
        except BaseException:
            for state, saved in zip(states, before, strict=True):
                restore(state, saved)
            raise

    def done(self, state: Canvas) -> int:
        return state.done

    def sound(self, state: Canvas) -> bool:
        return bool(torch.isfinite(state.latents).all())

    @torch.no_grad()
    def finish(self, state: Canvas) -> NDArray[Any]:
        """(H, W, 3) float32 in 0..1. Raises NotFinite where the VAE's picture is not finite."""
        with refusing(Overloaded):
            picture = _decoded(self._pipeline, state.latents)
        if not torch.isfinite(picture).all():
            raise NotFinite("the decoded picture was not finite; run the VAE in float32, or bring another one.")
        shown: NDArray[Any] = self._pipeline.image_processor.postprocess(picture, output_type="np")[0]
        return shown

    def save(self, state: Canvas) -> dict[str, Any]:
        return save(state)

    def _check(self, sampling: Sampling) -> None:
        """A job's own sampling against what this painter has ready."""
        ours = self._sampling
        if (sampling.prompt, sampling.negative_prompt) != (ours.prompt, ours.negative_prompt):
            raise InvalidInput("a painting cannot change the prompts, which are read once; open another painter.")
        if sampling.reuse > 0:
            check_split(self._networks, self._pipeline.unet)

    def _belonging(self, request: Request, dtype: torch.dtype) -> str:
        asked = request.painting
        return belonging(self.sha256, dtype, asked.missing.shape, asked.seed, request.sampling, request.window)

    def _step(self, states: Sequence[Canvas]) -> None:
        self._hear(states[0].request.sampling.identity_scale)
        noises = self._predicted(states)
        for state, noise in zip(states, noises, strict=True):
            advance(state, noise)

    def _hear(self, scale: float) -> None:
        """Sets the adapters' scale, which is one for all rows and therefore part of the key."""
        if self._adapted and scale != self._heard:
            self._pipeline.set_ip_adapter_scale(scale)
            self._heard = scale

    def _predicted(self, states: Sequence[Canvas]) -> Sequence[Tensor]:
        """Each state's share of the UNet's output (rows, 4, h, w)."""
        rows = gather([(state.conditions, state.latents, state.done) for state in states])
        counts = [state.conditions.rows for state in states]
        if states[0].request.sampling.reuse == 0:
            return predict(self._networks, rows).split(counts)
        turns = [turn(state) for state in states]
        noise, kept = predict_reusing(self._networks, self._pipeline.unet, rows, turns)
        for state, one in zip(states, kept, strict=True):
            state.kept = one
        return noise.split(counts)


def _prompts(assembled: Assembled, sampling: Sampling, device: torch.device) -> Prompts:
    """Encodes the prompts, which are the same for all, and lets the text encoders go."""
    with torch.no_grad():
        prompts = encode_prompts(assembled.pipeline, assembled.xl, sampling, device)
    assembled.pipeline.text_encoder = None
    if assembled.xl:
        assembled.pipeline.text_encoder_2 = None
    return prompts


def _decoded(pipeline: Any, latents: Tensor) -> Tensor:
    """The VAE's picture (1, 3, H, W) in -1..1."""
    vae = pipeline.vae
    with _precise(vae):
        picture: Tensor = vae.decode(latents.to(vae.dtype) / vae.config.scaling_factor, return_dict=False)[0]
    return picture.float()


@contextmanager
def _precise(vae: Any) -> Iterator[None]:
    """The VAE in float32 where it overflows in half precision (SDXL's own); as it was afterwards, whatever happens."""
    dtype = vae.dtype
    upcast = dtype == torch.float16 and vae.config.force_upcast
    try:
        if upcast:
            vae.to(dtype=torch.float32)
        yield
    finally:
        if upcast:
            vae.to(dtype=dtype)
