"""Qwen-Image-Edit (QwenImageEditPlusPipeline) as the engine's program: reference, skeleton and draft in, a canvas out.

Each step takes every slot one step along its own schedule. Paintings share a step where the target and all pictures
have the same shapes. Rows with texts of one length go through the network together, so that nothing is padded and no
mask rules out the fast attention kernels: the wanted and the unwanted prompt are two passes, as in the library's own
loop. The known region is not blended in; it is pasted back after decoding, elsewhere. Of a sampling, UNHEARD
has no meaning here. Knows neither the library, which is `qwen_parts`', nor the engine's
order.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from deployments.checkpoints.components import open_pipeline
from deployments.checkpoints.opening import Checkpoint, Opened, open_checkpoint
from deployments.denoiser.checkpoint import painting as words
from deployments.denoiser.checkpoint.first_block import Call, Memory, parted, whole
from deployments.denoiser.checkpoint.painting import Painting, Sampling, tell_unheard
from deployments.denoiser.checkpoint.saved import belonging, saved, taken_up, tensors
from deployments.denoiser.checkpoint.stepping import stepping
from deployments.denoiser.engine.memory import refusing
from deployments.denoiser.engine.slots import Job
from pose.errors import InvalidInput, Overloaded, WeightsError

if TYPE_CHECKING:
    from deployments.denoiser.checkpoint.qwen_parts import Parts, Picture, Prepared

FAMILY = "QwenImageEditPlusPipeline"
SIDE = 1024
UNHEARD = ("control_scale", "identity_scale", "strength")  # of a sampling: without a meaning here
PROMPT = (
    "Redraw the character of Picture 1 in the pose of the skeleton in Picture 2. Picture 3 is a rough draft of the "
    "result: keep its framing and placement and all of it that is clear, and draw anew what is smeared, torn or "
    "missing. Face, hair, body proportions, clothes, prints, colours and drawing style stay exactly as in Picture 1. "
    "Plain background, no skeleton."
)


@dataclass(frozen=True, eq=False)
class Request:
    """What a job asks for."""

    painting: Painting
    sampling: Sampling


@dataclass(eq=False)
class Sitting:
    """A painting under way. of: what it belongs to, see `saved.belonging`. scheduler: with this sitting's timesteps,
    never stepped itself. latents (1, N, C)."""

    of: str
    prepared: "Prepared"
    sampling: Sampling
    canvas: tuple[int, int]
    scheduler: Any
    generator: torch.Generator
    latents: Tensor
    done: int = 0
    memory: Memory | None = None

    @property
    def time(self) -> Tensor:
        """() in 0..1000: of the next step."""
        time: Tensor = self.scheduler.timesteps[self.done]
        return time


@dataclass(eq=False)
class QwenPainter:
    """See `painting.Painter`. A sitting that goes on elsewhere is the same to the last bit, but for what `reuse`
    remembers: its first step there is a full one."""

    parts: "Parts"
    sampling: Sampling
    sha256: str
    multiple: int
    side: int = SIDE

    def job(self, painting: Painting, steps: int | None = None, sampling: Sampling | None = None, **more: Any) -> Job:
        """The job of a painting; sampling: for this one alone. See `Painter.job`."""
        height, width = painting.missing.shape
        if height % self.multiple or width % self.multiple or not height * width:
            raise InvalidInput(
                f"expected a canvas with sides that are multiples of {self.multiple}, got {width} by {height}; pad it."
            )
        chosen = sampling or self.sampling
        key = (FAMILY, self.sha256, self.parts.shapes(height, width, pictures(painting)))
        count = chosen.steps if steps is None else steps
        return Job(key, Request(painting, chosen), count, len(prompts(chosen)), **more)

    def start(self, job: Job) -> Sitting:
        asked: Request = job.work
        height, width = asked.painting.missing.shape
        generator = torch.Generator().manual_seed(asked.painting.seed)
        with refusing(Overloaded):
            prepared = self.parts.prepare(height, width, pictures(asked.painting), prompts(asked.sampling), generator)
        of = belonging(self.sha256, prepared.noise.dtype, prepared.shapes, asked.painting.seed, asked.sampling)
        scheduler = self.parts.schedule(job.steps, prepared.noise.shape[1])
        sitting = Sitting(of, prepared, asked.sampling, (height, width), scheduler, generator, prepared.noise)
        found = taken_up(job.saved, of, job.steps)
        if found is not None:
            generator.set_state(tensors(found["generator"], generator.device))
            sitting.latents, sitting.done = tensors(found["latents"], prepared.noise.device), found["done"]
        return sitting

    def step(self, states: Sequence[Sitting]) -> None:
        with torch.no_grad(), stepping(states[0].latents.device):
            velocities, memories = self._velocities(states)
            moved = [_moved(state, velocity) for state, velocity in zip(states, velocities, strict=True)]
        for state, memory, (latents, generator) in zip(states, memories, moved, strict=True):
            state.latents, state.generator, state.memory = latents, generator, memory
            state.done += 1

    def done(self, state: Sitting) -> int:
        return state.done

    def sound(self, state: Sitting) -> bool:
        return bool(torch.isfinite(state.latents).all())

    def finish(self, state: Sitting) -> NDArray[np.float32]:
        with refusing(Overloaded):
            return self.parts.decode(state.latents, *state.canvas)

    def save(self, state: Sitting) -> dict[str, Any]:
        now = {"latents": state.latents, "done": state.done, "generator": state.generator.get_state()}
        return saved(state.of, len(state.scheduler.timesteps), now)

    def _velocities(self, states: Sequence[Sitting]) -> tuple[list[Tensor], list[Memory | None]]:
        """(1, N, C) of each state, guided, and what each remembers."""
        calls = _calls(states)
        limits = [state.sampling.reuse for state in states]
        memories = [state.memory for state in states]
        if any(limit > 0 for limit in limits):
            answers, memories = parted(self.parts.transformer, calls, memories, limits)
        else:
            answers = [whole(self.parts.transformer, call) for call in calls]
        rows = {
            owner: answer[row : row + 1]
            for call, answer in zip(calls, answers, strict=True)
            for row, owner in enumerate(call.owners)
        }
        return [
            guided(rows[slot, 0], rows[slot, 1], state.sampling.guidance) if (slot, 1) in rows else rows[slot, 0]
            for slot, state in enumerate(states)
        ], memories


def open_painter(
    checkpoint: Checkpoint, sampling: Sampling, device: torch.device | str, dtype: torch.dtype
) -> QwenPainter:
    """The painter of a checkpoint whose base is a QwenImageEditPlusPipeline; `vae` and `scheduler` replace its own.

    Raises WeightsError, with the remedy, where a folder fails its checks, the libraries are missing, or the checkpoint
    names what this family does not take.
    """
    for name in ("controlnet", "ip_adapter"):
        if getattr(checkpoint, name) is not None:
            raise WeightsError(f"{FAMILY} takes pose and identity as pictures and no {name}; leave it out.")
    tell_unheard(sampling, UNHEARD, f"{FAMILY} takes pose, identity and draft as pictures")
    base = open_pipeline(checkpoint.base, (FAMILY,))
    vae = _opened(checkpoint.vae, "AutoencoderKLQwenImage")
    scheduler = _opened(checkpoint.scheduler, "FlowMatchEulerDiscreteScheduler")
    try:
        from deployments.denoiser.checkpoint import qwen_parts
    except ImportError as error:
        raise WeightsError(f"{FAMILY} needs more ({error}): pip install contrapposto[checkpoints].") from error
    parts = qwen_parts.load(base, vae, scheduler, device, dtype)
    return QwenPainter(parts, sampling, _sha256(base, vae, scheduler), parts.multiple)


def pictures(painting: Painting) -> "tuple[Picture, ...]":
    """In the order that the prompt names them: who, in which pose, and the draft."""
    return painting.reference, painting.skeleton, painting.picture


def prompts(sampling: Sampling) -> tuple[str, ...]:
    """The wanted one, by default this family's own, and the unwanted one where there is guidance."""
    wanted = PROMPT if sampling.prompt == words.PROMPT else sampling.prompt
    return (wanted, sampling.negative_prompt) if sampling.guidance > 1 else (wanted,)


def guided(wanted: Tensor, unwanted: Tensor, guidance: float) -> Tensor:
    """Classifier-free guidance that keeps each token's length (1, N, C), as QwenImageEditPlusPipeline's."""
    mixed = unwanted + guidance * (wanted - unwanted)
    return mixed * (wanted.norm(dim=-1, keepdim=True) / mixed.norm(dim=-1, keepdim=True))


def _calls(states: Sequence[Sitting]) -> list[Call]:
    """The states' rows by their texts' length."""
    lengths: dict[int, list[tuple[int, int]]] = {}
    for slot, state in enumerate(states):
        for row, text in enumerate(state.prepared.words):
            lengths.setdefault(text.shape[1], []).append((slot, row))
    return [_call(states, owners) for owners in lengths.values()]


def _call(states: Sequence[Sitting], owners: Sequence[tuple[int, int]]) -> Call:
    of_rows = [states[slot] for slot, _ in owners]
    return Call(
        torch.cat([torch.cat([state.latents, state.prepared.pictures], 1) for state in of_rows]),
        torch.cat([states[slot].prepared.words[row] for slot, row in owners]),
        torch.stack([state.time for state in of_rows]).to(of_rows[0].latents.dtype) / 1000,
        of_rows[0].prepared.shapes,
        tuple(owners),
    )


def _moved(state: Sitting, velocity: Tensor) -> tuple[Tensor, torch.Generator]:
    """The state's latents one step on, by a copy of its scheduler, and its generator then: nothing is changed yet."""
    scheduler, generator = copy(state.scheduler), state.generator.clone_state()
    scheduler.set_begin_index(state.done)
    (latents,) = scheduler.step(velocity, state.time, state.latents, generator=generator, return_dict=False)
    return latents, generator


def _opened(where: str | None, name: str) -> Opened | None:
    return None if where is None else open_checkpoint(where, (name,))


def _sha256(base: Opened, *others: Opened | None) -> str:
    """The base's own, or of all that replaces parts of it too."""
    hashes = [opened.sha256 for opened in (base, *others) if opened is not None]
    return hashes[0] if len(hashes) == 1 else sha256("".join(hashes).encode()).hexdigest()
