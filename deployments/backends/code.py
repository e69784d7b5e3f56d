"""The hash of a network's own code: what serving and export must agree on, beside the weights.

The code is found from the signature: the modules that declare its ports, and whatever of their package these import,
the network's class among it. So no list of sources can be forgotten. Reads files; imports nothing and knows no tensors.
"""

import ast
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from deployments.signature import Bucket, Signature


def code_sha256(signature: Signature, bucket: Bucket) -> str:
    """Of the ports of a bucket (names, shapes, bounds, order) and of the sources: when one is another, so is the graph,
    even of the same weights.
    """
    ports = (signature.inputs, signature.outputs)
    sources: dict[str, bytes] = {}
    for module in {port.shape.__module__ for group in ports for port in group}:
        sources |= sources_of(module)
    told = repr([[(port.name, port.shape(*bucket), port.low, port.high) for port in group] for group in ports])
    digest = hashlib.sha256(told.encode())
    for name, source in sorted(sources.items()):
        digest.update(name.encode() + b"\0" + source)
    return digest.hexdigest()


def sources_of(module: str) -> dict[str, bytes]:
    """A module's source and that of all it imports of its own top-level package, directly or not, by name."""
    package = module.partition(".")[0]
    found: dict[str, bytes] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        file = _file(name)
        if file is not None and name not in found:
            found[name] = file.read_bytes()
            waiting += [each for each in _imported(found[name]) if each.startswith(f"{package}.")]
    return found


def _file(name: str) -> Path | None:
    """Of a module; None for what is none, such as a class that was imported from one."""
    top, *rest = name.split(".")
    place = Path(sys.modules[top].__path__[0]).joinpath(*rest)
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)


def _imported(source: bytes) -> Iterator[str]:
    """Names of modules, and of what is imported from them, which may be modules too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
