import asyncio
from typing import Any

import numpy as np
import pytest

from deployments.keypoints.deployment import Keypoints
from deployments.openpose.drawing import draw_openpose
from pose.errors import WeightsError
from tests.deployments.keypoints.test_blazepose import HEIGHT, WIDTH, person
from tests.deployments.keypoints.test_openpose import standing
from tests.deployments.keypoints.test_read import FakeReader


class FakeHandle:
    """Answers as a deployment handle does, and counts."""

    def __init__(self, people: list[dict[str, Any]]) -> None:
        self.people, self.calls = people, 0
        self.detect = self

    async def remote(self, picture: np.ndarray, boxes: object) -> list[dict[str, Any]]:
        self.calls += 1
        return self.people


class Silent(FakeReader):
    def locate(self, picture: np.ndarray) -> list[Any]:
        return []

    def read(self, picture: np.ndarray, box: tuple[float, ...], around_joints: bool = False) -> Any:
        from tests.deployments.keypoints.test_choose import reading

        return reading(standing(WIDTH, HEIGHT), score=0.0)


def replica(people: list[dict[str, Any]]) -> tuple[Keypoints, FakeHandle]:
    handle = FakeHandle(people)
    made = Keypoints.__new__(Keypoints)
    made._blazepose, made._reader = handle, Silent()  # type: ignore[assignment]
    return made, handle


def test_people_come_back_as_readings() -> None:
    keypoints, handle = replica([person()])
    noise = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    (found,) = asyncio.run(keypoints.read(noise))
    assert (found.reader, found.kind) == ("blazepose", "photo")
    assert handle.calls == 1


def test_a_coloured_openpose_picture_asks_no_one() -> None:
    keypoints, handle = replica([person()])
    (found,) = asyncio.run(keypoints.read(draw_openpose(standing(400, 400), 400, 400)))
    assert found.reader == "openpose"
    assert handle.calls == 0


def test_an_empty_picture_has_no_figures() -> None:
    keypoints, _ = replica([])
    assert asyncio.run(keypoints.read(np.full((64, 64, 3), 255, np.uint8))) == []


def test_a_box_is_read_again_by_our_network_alone() -> None:
    keypoints, handle = replica([person()])
    (found,) = asyncio.run(keypoints.reread(np.full((HEIGHT, WIDTH, 4), 255, np.uint8), (0, 0, WIDTH, HEIGHT)))
    assert found.reader == "network"
    assert handle.calls == 0


def test_missing_weights_refuse_to_start(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from deployments import runtime

    monkeypatch.setattr(runtime.load, "__defaults__", (tmp_path,))
    with pytest.raises(WeightsError, match="missing"):
        Keypoints(FakeHandle([]))
