"""The keypoints replicas: one that reads pictures with our network and by hue, one that runs BlazePose. Both thin.

BlazePose's packages do not go together with the others', so its replica runs under an interpreter of its own
(`runtime_env` with `py_executable`); this module is imported in both environments and loads neither torch nor
mediapipe until a class is made.
"""

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from deployments.backends.spec import Runtime
from deployments.checkpoints.opening import Checkpoint
from pose.figure import Reading

if TYPE_CHECKING:
    from deployments.keypoints.checkpoint import PeopleReader

Bounds = tuple[float, float, float, float]


class BlazePose:
    """Finds and reads people. Ready when constructed; one picture at a time."""

    def __init__(self) -> None:
        from deployments.keypoints.detector import Detector

        self._detector = Detector()
        self._lock = threading.Lock()
        self.detect(np.full((256, 256, 3), 127, np.uint8))

    def detect(self, picture: NDArray[np.uint8], boxes: list[Bounds] | None = None) -> list[dict[str, Any]]:
        """See `deployments.keypoints.detector.Detector.detect`."""
        with self._lock:
            return self._detector.detect(picture, boxes)


class Keypoints:
    """Finds the figures of a picture. `blazepose` is the handle of the other replica; `checkpoint`: a ViTPose and its
    detector, which then read people beside the other readers.

    Raises WeightsError on construction where weights are missing or do not fit, or the checkpoint is refused,
    ArtefactError where the backend is not to be had, and with a checkpoint for all but torch.
    """

    _people: "PeopleReader | None" = None

    def __init__(self, blazepose: Any, checkpoint: Checkpoint | None = None, runtime: Runtime | None = None) -> None:
        from deployments.backends.choice import serve_network
        from deployments.keypoints.network import PoseNetwork
        from deployments.keypoints.reader import PoseReader
        from deployments.keypoints.signature import SIGNATURE
        from deployments.runtime import load

        runtime = runtime or Runtime()
        self._blazepose = blazepose
        if checkpoint is not None:
            from deployments.checkpoints.pretrained import by_torch
            from deployments.keypoints.checkpoint import open_people_reader

            self._people = open_people_reader(checkpoint, *by_torch(runtime, "keypoints"))
        self._reader = PoseReader(serve_network(load("pose", PoseNetwork()), SIGNATURE, runtime))
        blank = np.full((256, 256, 3), 127, np.uint8)
        self._reader.locate(blank)
        self._reader.read(blank, (0, 0, 256, 256))
        if self._people is not None:
            self._people.read(blank, self._people.detect(blank) or [(0.0, 0.0, 256.0, 256.0)])

    async def read(self, picture: NDArray[np.uint8]) -> list[Reading]:
        """The figures in a picture (H, W, 3 or 4), largest first; empty where nothing reads as a figure.

        BlazePose works on its own replica at the same time as the others here.
        """
        from deployments.keypoints.choose import choose
        from deployments.keypoints.foreground import estimate_foreground
        from deployments.keypoints.openpose import read_openpose
        from deployments.keypoints.read import network_reader, people_reader, search_boxes, shrunk
        from deployments.keypoints.vitpose import joined

        coloured = await asyncio.to_thread(read_openpose, picture)
        if coloured:
            return coloured
        small, scale = shrunk(picture)
        foreground = await asyncio.to_thread(estimate_foreground, picture)
        asked = self._blazepose.detect.remote(small, search_boxes(foreground, scale))
        drawn = await asyncio.to_thread(network_reader(self._reader), picture, foreground)
        seen = [] if self._people is None else await asyncio.to_thread(self._people, picture)
        people = people_reader(await asked, scale)(picture, foreground)
        return choose([*joined(seen, people), *drawn], foreground)

    async def reread(self, picture: NDArray[np.uint8], box: Bounds) -> list[Reading]:
        """The figure in a box (x0, y0, x1, y1) of the picture, by our network alone: where one was put and is known."""
        from deployments.keypoints.read import reread

        return [await asyncio.to_thread(reread, picture, box, self._reader)]

    def weights(self) -> dict[str, str]:
        """{name: SHA-256} of the checkpoint's networks in use, for the report; empty in the embedded tier."""
        return {} if self._people is None else self._people.weights()
