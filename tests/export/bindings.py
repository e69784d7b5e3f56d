"""TensorRT's real Python classes without TensorRT: its bindings, linked against entry points that do nothing.

The bindings import on a machine without a GPU as soon as the C functions that they link against exist. No engine can be
built so; but every class, method, keyword and enum that our code names is the real one. `Recorded` stands for an object
of a real class: it has the class's attributes alone, and a call must fit a signature that the class documents.
"""

import ctypes
import importlib
import importlib.util
import re
import shutil
import subprocess
from types import ModuleType
from typing import Any

import pytest

LIBRARIES = ("nvinfer", "nvinfer_plugin", "nvonnxparser")
ENTRY_POINTS = (
    "createInferBuilder_INTERNAL",
    "createInferRefitter_INTERNAL",
    "createInferRuntime_INTERNAL",
    "createNvOnnxParser_INTERNAL",
    "createNvOnnxParserRefitter_INTERNAL",
    "getBuilderPluginRegistry",
    "getNvOnnxParserVersion",
    "getPluginRegistry",
    "initLibNvInferPlugins",
)
PLAIN = {"bool": True, "int": 0, "None": None}


def load_bindings(folder) -> ModuleType:
    """The real module; skips where there is no C compiler or no package."""
    if shutil.which("cc") is None:
        pytest.skip("no C compiler")
    if importlib.util.find_spec("tensorrt_bindings") is None:
        pytest.skip("no tensorrt-cu13-bindings")
    source = folder / "entry.c"
    source.write_text("\n".join(f"void *{name}(void) {{ return 0; }}" for name in ENTRY_POINTS))
    for name in LIBRARIES:
        file = f"lib{name}.so.11"
        command = ["cc", "-shared", "-fPIC", f"-Wl,-soname,{file}", "-o", str(folder / file), str(source)]
        subprocess.run(command, check=True)
        ctypes.CDLL(str(folder / file), mode=ctypes.RTLD_GLOBAL)
    return importlib.import_module("tensorrt_bindings")


class Recorded:
    """An object of the real class `kind`; `log` gathers calls, arguments by name; `answers` are given as results."""

    def __init__(self, kind: type, log: list[tuple[str, dict[str, Any]]], answers: dict[str, Any], module: ModuleType):
        self.kind, self.log, self.answers, self.module = kind, log, answers, module

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.kind, name)  # an AttributeError here is the point: the real class lacks it
        key = f"{self.kind.__name__}.{name}"
        if isinstance(found, property):
            return self.answers[key]

        def call(*given: Any, **named: Any) -> Any:
            arguments, result = fit(found.__doc__, name, (self, *given), named)
            del arguments["self"]
            self.log.append((key, arguments))
            return self.answers[key] if key in self.answers else self._result(result)

        return call

    def _result(self, result: str) -> Any:
        if result in PLAIN:
            return PLAIN[result]
        return Recorded(getattr(self.module, result.rpartition(".")[2]), self.log, self.answers, self.module)


class RecordedModule:
    """The module itself: enums and the version are the real ones, a class becomes a maker of Recorded objects."""

    def __init__(self, module: ModuleType, **answers: Any) -> None:
        self.module, self.answers = module, {key.replace("__", "."): value for key, value in answers.items()}
        self.log: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.module, name)
        if not isinstance(found, type) or hasattr(found, "__members__"):
            return found

        def make(*given: Any, **named: Any) -> Recorded:
            fit(found.__init__.__doc__, "__init__", (None, *given), named)
            return Recorded(found, self.log, self.answers, self.module)

        return found if name == "Logger" else make

    def calls(self, key: str) -> list[dict[str, Any]]:
        return [arguments for name, arguments in self.log if name == key]


def fit(doc: str, name: str, given: tuple[Any, ...], named: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The arguments by name, and the result's type, by the first documented signature that the call fits."""
    documented = re.findall(rf"{re.escape(name)}\((self.*?)\)(?: -> ([\w.:]+))?$", doc, re.MULTILINE)
    for parameters, result in documented:
        parts = re.findall(r"(\w+): [^=]*?( = .*?)?(?:, (?=\w+: )|$)", parameters)
        names = [part[0] for part in parts]
        needed = {part[0] for part in parts if not part[1]}
        bound = dict(zip(names, given, strict=False)) | named
        if len(given) <= len(names) and set(bound) <= set(names) and needed <= set(bound):
            return bound, result
    raise TypeError(f"{name} of {len(given) - 1} arguments and {sorted(named)} fits none of {documented}")
