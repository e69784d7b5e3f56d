"""Opens an operator's network in transformers' layout beside its picture processor, and runs it. One place for all.

The folder was verified before (`checkpoints.open_checkpoint`); here every weight of the network must come from it: the
library would invent what is missing. Processors are the library's own that need Pillow alone, so that answers do not
depend on whether torchvision is there. Knows tensors; knows no stage.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from deployments.backends.choice import place
from deployments.backends.spec import Runtime
from deployments.checkpoints.opening import Opened, open_checkpoint
from deployments.runtime import precision
from pose.errors import ArtefactError, WeightsError

BACKENDS = ("default", "auto", "eager")


@dataclass(frozen=True, eq=False)
class Pretrained:
    """A network ready to run. name: its class; sha256: of all that was loaded, for reports; dtype: of its products."""

    name: str
    sha256: str
    module: Any
    processor: Any
    device: torch.device
    dtype: torch.dtype

    def __call__(self, **inputs: Tensor) -> Any:
        """The network's own output object, its tensors on `device`."""
        moved = {name: value.to(self.device) for name, value in inputs.items()}
        mixed = self.dtype != torch.float32
        with torch.inference_mode(), torch.autocast(self.device.type, self.dtype if mixed else None, enabled=mixed):
            return self.module(**moved)


def load_pretrained(
    where: str, processors: Mapping[str, str], device: torch.device | None = None, dtype: torch.dtype | None = None
) -> Pretrained:
    """The network in the folder (or pulled hub id) `where`. processors: each class that is known -> its processor's.

    By default on the first GPU in float16, else on the CPU in what it multiplies fastest. Raises WeightsError where
    the folder is refused, the network incomplete, or transformers not installed.
    """
    opened = open_checkpoint(where, processors)
    transformers = _transformers()
    device = device or torch.device("cuda" if torch.cuda.is_available() else "cpu")
    dtype = dtype or (torch.float16 if device.type == "cuda" else precision())
    with _quiet(transformers):
        module = _network(getattr(transformers, opened.name), opened, where)
        processor = _processor(getattr(transformers, processors[opened.name]), opened, where)
    module = module.eval().to(device=device, memory_format=torch.channels_last)
    return Pretrained(opened.name, opened.sha256, _rounded(module, dtype), processor, device, dtype)


def by_torch(runtime: Runtime, stage: str) -> tuple[torch.device, torch.dtype | None]:
    """Where a stage's checkpoint runs, and in which precision; None: in `load_pretrained`'s own choice.

    Raises ArtefactError for a backend that such a network is not run by, WeightsError for a device that is not there.
    """
    if runtime.backend not in BACKENDS:
        raise ArtefactError(
            f"expected {', '.join(BACKENDS)} as the backend of the {stage} stage with a checkpoint, got "
            f"{runtime.backend}: its network is run by torch alone; set `backend: eager`."
        )
    device, dtype = place(runtime)
    return device, None if runtime.precision == "auto" else dtype


def _transformers() -> ModuleType:
    try:
        import transformers
    except ImportError as error:
        raise WeightsError(
            f"a checkpoint needs transformers, which cannot be imported ({error}); "
            "pip install contrapposto[checkpoints]."
        ) from error
    return transformers


def _network(kind: Any, opened: Opened, where: str) -> Any:
    try:
        module, told = kind.from_pretrained(
            opened.folder,
            local_files_only=True,
            use_safetensors=True,
            variant=opened.variant,
            output_loading_info=True,
            dtype=torch.float32,
        )
    except (OSError, ValueError, RuntimeError, TypeError, SafetensorError) as error:
        raise WeightsError(
            f"the weights in '{where}' do not fit its config.json as {opened.name} ({_first_line(error)}); "
            "fetch the whole checkpoint again."
        ) from error
    missing = sorted(set(told["missing_keys"]) & {name for name, _ in module.named_parameters()})
    if missing:
        raise WeightsError(
            f"the checkpoint '{where}' lacks {len(missing)} of the weights of {opened.name}, {missing[0]} among them; "
            "fetch the whole checkpoint again."
        )
    return module


def _processor(kind: Any, opened: Opened, where: str) -> Any:
    try:
        return kind.from_pretrained(opened.folder, local_files_only=True)
    except (OSError, ValueError, TypeError) as error:
        raise WeightsError(
            f"the checkpoint '{where}' has no usable preprocessor_config.json ({_first_line(error)}); "
            "put the file of the same checkpoint beside its config.json."
        ) from error


def _rounded(module: nn.Module, dtype: torch.dtype) -> nn.Module:
    """Linear weights rounded once, which each call would do again; convolutions keep the parameters' own type, which
    networks ask for."""
    for layer in module.modules():
        if isinstance(layer, nn.Linear):
            layer.to(dtype)
    return module


@contextlib.contextmanager
def _quiet(transformers: ModuleType) -> Iterator[None]:
    """Without the library's progress bars and loading reports: what they tell is raised here."""
    logging = transformers.utils.logging
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
