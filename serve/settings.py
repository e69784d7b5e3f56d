"""The operator's settings: one frozen tree, read from YAML, JSON or arguments. Knows no Ray; refuses unknown keys.

A stage's settings say how many replicas it has, what each may use, and how it scales; limits say what one request may
cost. The defaults fit two CPU cores.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from deployments.backends.spec import Runtime
from deployments.checkpoints.opening import Checkpoint
from deployments.denoiser.checkpoint.painting import Sampling
from pose.errors import InvalidInput

ROOT = Path(__file__).resolve().parent.parent


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Stage(_Frozen):
    """One deployment. Autoscales between min and max replicas where they differ, else keeps `min_replicas`.

    `threads` is the size of the replica's thread pools: stages rarely run at the same time, so each may have all cores.
    `target_ongoing_requests` is the load per replica that the autoscaler aims for. `memory_mib` 0 = not reserved.
    """

    min_replicas: int = Field(1, ge=1, le=256)
    max_replicas: int = Field(1, ge=1, le=256)
    num_cpus: float = Field(0.2, ge=0)
    num_gpus: float = Field(0, ge=0)
    memory_mib: int = Field(0, ge=0)
    threads: int = Field(2, ge=1)
    max_ongoing_requests: int = Field(2, ge=1)
    target_ongoing_requests: float = Field(1.0, gt=0)

    @model_validator(mode="after")
    def _ordered(self) -> "Stage":
        if self.max_replicas < self.min_replicas:
            raise ValueError(f"max_replicas {self.max_replicas} is below min_replicas {self.min_replicas}")
        return self


class NetworkStage(Stage):
    """A stage whose network may be the operator's own `checkpoint`; without one it runs the embedded weights.

    `runtime`: by which backend, on which device and in which precision.
    """

    checkpoint: Checkpoint | None = None
    runtime: Runtime = Runtime()

    @model_validator(mode="after")
    def _heard(self) -> "NetworkStage":
        if self.runtime.canvases and (self.checkpoint is None or self.runtime.backend != "compiled"):
            raise ValueError(
                "runtime.canvases are of a checkpoint that is compiled; name one in checkpoint and set runtime.backend "
                "to compiled, or leave canvases out"
            )
        return self


class DenoiserStage(NetworkStage):
    """`sampling`: how a checkpoint paints. `waiting_bound`: seconds after which a waiting request goes before those
    with earlier deadlines. The queue lives in the replica's engine, so many requests may be with it at a time.
    """

    max_ongoing_requests: int = Field(32, ge=1)
    target_ongoing_requests: float = Field(4.0, gt=0)
    sampling: Sampling = Sampling()
    waiting_bound: float = Field(2.0, gt=0)

    @model_validator(mode="after")
    def _painted(self) -> "DenoiserStage":
        if self.checkpoint is None and self.sampling != Sampling():
            raise ValueError(
                "sampling was given without a checkpoint, which alone it is of; name one in denoiser.checkpoint, or "
                "leave sampling out (the embedded network's steps are the settings' own `steps`)"
            )
        return self


class Ingress(_Frozen):
    """The HTTP deployment. It keeps the figures of `POST /v1/figures`, so it has one replica until they have a store.

    `figures`, `figure_mib` and `figure_seconds` bound what it keeps; `queue` is the number of requests in
    flight beyond which new ones are turned away with Retry-After.
    """

    num_cpus: float = Field(0.2, ge=0)
    queue: int = Field(64, ge=1)
    figures: int = Field(32, ge=1)
    figure_mib: float = Field(1024, gt=0)
    figure_seconds: float = Field(3600, gt=0)


class RequestLimits(_Frozen):
    """What one request may cost. `body_mib` counts the whole body as it is read; `pixels` is per picture."""

    body_mib: float = Field(64, gt=0)
    file_mib: float = Field(40, gt=0)
    pixels: int = Field(50_000_000, ge=1)
    seconds: float = Field(120, gt=0)
    poses: int = Field(32, ge=1, le=256)
    outputs: int = Field(32, ge=1, le=256)
    outputs_abreast: int = Field(4, ge=1, le=256)
    steps: int = Field(50, ge=1, le=100)

    @property
    def body_bytes(self) -> int:
        return int(self.body_mib * 2**20)

    @property
    def file_bytes(self) -> int:
        return int(self.file_mib * 2**20)


class Settings(_Frozen):
    """Everything an operator decides. `blazepose_python` is the interpreter of that stage's own environment.

    `metrics_port`: where Prometheus finds the replicas' metrics (the ingress's own are at /metrics); 0 is any free one.

    `steps`: of a request that asks for no number; None is 1 for the embedded denoiser, a checkpoint's `sampling.steps`.
    """

    ingress: Ingress = Ingress()
    keypoints: NetworkStage = NetworkStage(num_cpus=0.3)
    blazepose: Stage = Stage(num_cpus=0.2)
    garments: NetworkStage = NetworkStage(num_cpus=0.3)
    denoiser: DenoiserStage = DenoiserStage(num_cpus=0.3)
    deformation: Stage = Stage(num_cpus=0.3)
    backgrounds: Stage = Stage(num_cpus=0.2)
    upscaler: NetworkStage = NetworkStage(num_cpus=0.1)
    limits: RequestLimits = RequestLimits()
    metrics_port: int = Field(0, ge=0, le=65535)
    blazepose_python: Path = ROOT / ".venv-blazepose" / "bin" / "python"
    steps: int | None = Field(None, ge=1, le=100)

    @model_validator(mode="before")
    @classmethod
    def _over_defaults(cls, values: Any) -> Any:
        """A stage of which something is said keeps its own defaults for the rest, not those of its class."""
        if not isinstance(values, Mapping):
            return values
        defaults = {name: field.default for name, field in cls.model_fields.items()}
        return {
            name: {**defaults[name].model_dump(exclude_unset=True), **said}
            if isinstance(said, Mapping) and isinstance(defaults.get(name), _Frozen)
            else said
            for name, said in values.items()
        }

    @property
    def default_steps(self) -> int:
        """Of a request that asks for no number."""
        if self.steps is not None:
            return self.steps
        return 1 if self.denoiser.checkpoint is None else self.denoiser.sampling.steps

    @property
    def total_cpus(self) -> float:
        """What all stages reserve at their smallest."""
        return self.ingress.num_cpus + sum(stage.num_cpus * stage.min_replicas for _, stage in stages_of(self))


def stages_of(settings: Settings) -> list[tuple[str, Stage]]:
    """Each deployment but the ingress, by name."""
    return [(name, value) for name, value in vars(settings).items() if isinstance(value, Stage)]


def parse_settings(values: Mapping[str, Any]) -> Settings:
    """Settings from a mapping such as a parsed file. Raises InvalidInput, naming each offending key."""
    try:
        return Settings.model_validate(dict(values))
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise InvalidInput(f"the settings are not valid: {faults}. Known top-level keys: {_known()}.") from error


def read_settings(path: Path) -> Settings:
    """Settings from a YAML or JSON file. Raises InvalidInput where the file is unreadable or a key is unknown."""
    try:
        text = path.read_text()
        values = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InvalidInput(f"cannot read the settings file {path}: {error}; give a YAML or JSON mapping.") from error
    if not isinstance(values, dict):
        raise InvalidInput(f"the settings file {path} holds no mapping; known top-level keys: {_known()}.")
    return parse_settings(values)


def _known() -> str:
    return ", ".join(Settings.model_fields)
