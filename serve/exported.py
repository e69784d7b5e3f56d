"""Whether what a stage's backend needs was exported: each artefact's manifest, and sizes; hashes are for the start.

Knows which graphs and engines a stage runs, and where they lie; opens none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deployments.artefacts import artefact_name, glance, manifest_path
from deployments.backends.choice import place, precision_name
from deployments.backends.engines import OnCard, expected_engine
from deployments.backends.graphs import OPSET, expected_graph, onnxruntime_on
from deployments.backends.spec import Runtime
from deployments.checkpoints.files import read_config
from deployments.checkpoints.opening import Checkpoint, open_checkpoint
from deployments.denoiser.checkpoint.framing import canvases_for
from deployments.denoiser.checkpoint.parts import weights_sha256
from deployments.denoiser.checkpoint.ports import CLASSES
from deployments.denoiser.signature import SIGNATURE as DENOISER
from deployments.garments.signature import SIGNATURE as PARSE
from deployments.keypoints.signature import SIGNATURE as POSE
from deployments.signature import Bucket, Signature
from deployments.upscaler.network import FACTORS
from deployments.upscaler.signature import at_factor
from pose.errors import ArtefactError
from serve.weights import check_weights

KINDS = {"onnxruntime": "onnx", "tensorrt": "engine"}  # backends that run what was exported
SIGNATURES: dict[str, tuple[Signature, ...]] = {
    "keypoints": (POSE,),
    "garments": (PARSE,),
    "denoiser": (DENOISER,),
    "upscaler": tuple(at_factor(factor) for factor in FACTORS),
}


def precision_of(runtime: Runtime) -> str:
    """Of what runs here, as artefacts are named. Raises WeightsError where there is no such device."""
    if runtime.backend == "onnxruntime" and runtime.precision == "auto":
        return "fp32"
    return precision_name(place(runtime)[1])


def check_embedded(stage: str, runtime: Runtime, weights: Path) -> None:
    """Of a stage's embedded networks every bucket. Raises ArtefactError, or WeightsError where weights are broken."""
    here = _Here.of(runtime)
    for signature in SIGNATURES[stage]:
        sha256 = check_weights(weights, [signature.weights])[signature.weights]
        for bucket in signature.buckets:
            here.check(signature, bucket, sha256)


def check_painter(checkpoint: Checkpoint, runtime: Runtime) -> None:
    """Of a Stable Diffusion checkpoint those canvases that were exported, of which there must be one a network.

    Raises ArtefactError, or WeightsError where a folder is refused. Not its code: that needs the network.
    """
    here = _Here.of(runtime)
    for kind in CLASSES:
        there = [path for path in here.paths(kind, _canvases(checkpoint)) if _exists(path)]
        if not there:
            raise ArtefactError(
                f"there is no {kind} for {runtime.backend} in {runtime.artefacts} at any canvas of this checkpoint; "
                "make them with `contrapposto export --checkpoint`, or set `backend: eager`."
            )
        for path in there:
            glance(path, here.machine | {"network": kind, "weights_sha256": weights_sha256(kind, checkpoint)})


@dataclass(frozen=True)
class _Here:
    """What artefacts are looked for; card: None for graphs."""

    runtime: Runtime
    precision: str
    card: OnCard | None

    @classmethod
    def of(cls, runtime: Runtime) -> "_Here":
        """Raises ArtefactError where the backend itself cannot run here."""
        if runtime.backend != "tensorrt":
            onnxruntime_on(place(runtime)[0].type)
        return cls(runtime, precision_of(runtime), OnCard.here() if runtime.backend == "tensorrt" else None)

    @property
    def machine(self) -> dict[str, object]:
        """What every artefact's manifest must say."""
        if self.card is None:
            return {"precision": self.precision, "opset": OPSET, "tensorrt": None, "architecture": None}
        tensorrt = self.card.tensorrt.__version__
        return {"precision": self.precision, "tensorrt": tensorrt, "architecture": self.card.architecture}

    def check(self, signature: Signature, bucket: Bucket, sha256: str) -> None:
        (path,) = self.paths(signature.network, (bucket,))
        if self.card is None:
            glance(path, expected_graph(signature, bucket, self.precision, sha256))
        else:
            glance(path, expected_engine(signature, bucket, self.precision, sha256, self.card))

    def paths(self, network: str, buckets: tuple[Bucket, ...]) -> Iterator[Path]:
        kind = KINDS.get(self.runtime.backend, "onnx")
        for bucket in buckets:
            yield self.runtime.artefacts.expanduser() / artefact_name(network, bucket, self.precision, kind)


def _exists(path: Path) -> bool:
    return path.exists() or manifest_path(path).exists()


def _canvases(checkpoint: Checkpoint) -> tuple[Bucket, ...]:
    opened = open_checkpoint(f"{checkpoint.base}/unet", (CLASSES["unet"],))
    return canvases_for(read_config(opened.folder / "config.json"))
