import subprocess
import sys

import numpy as np

from deployments.keypoints.detector import Region, Sighting, similarity, windows


def test_windows_cover_the_picture_and_reach_beyond_it() -> None:
    found = list(windows(400, 640))
    assert found[0].box == (0, 0, 640, 400)
    assert found[1].box[0] < 0
    assert found[1].box[3] > 400
    covered = np.zeros((400, 640), bool)
    for window in found:
        if window.fine:
            x0, y0, x1, y1 = window.box
            assert 0 <= x0 < x1 <= 640
            assert 0 <= y0 < y1 <= 400
            covered[y0:y1, x0:x1] = True
    assert covered.all()


def test_known_boxes_spare_the_tiles() -> None:
    found = list(windows(400, 640, [(100.0, 50.0, 300.0, 350.0)]))
    assert not any(window.fine for window in found)
    assert found[-1].box == (55, 5, 345, 395)


def test_readings_are_compared_where_either_sees() -> None:
    landmarks = np.zeros((33, 5), np.float32)
    landmarks[:, 3] = 1
    region = Region(np.zeros(2), np.array((0.0, -100.0)))
    one = Sighting(landmarks, region, np.zeros((1, 1), np.float32))
    moved = landmarks.copy()
    moved[27:29, :2] += 500
    assert similarity(one, one) == 1
    assert similarity(one, Sighting(moved, region, one.mask)) < 0.9
    unseen, other = landmarks.copy(), moved.copy()
    unseen[27:29, 3] = other[27:29, 3] = 0
    assert similarity(Sighting(unseen, region, one.mask), Sighting(other, region, one.mask)) > 0.999


def test_the_module_loads_without_mediapipe_or_torch() -> None:
    code = "import sys, deployments.keypoints.detector, deployments.keypoints.deployment; print(sorted(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not any(f"'{name}'" in told for name in ("mediapipe", "torch", "ray", "scipy"))
