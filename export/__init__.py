"""From a network to an engine: ONNX export, parity and a manifest of hashes.."""
