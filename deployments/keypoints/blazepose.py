"""Maps BlazePose's 33 landmarks to our skeleton. Pure numpy; knows nothing of MediaPipe or of Ray.

What BlazePose does not give is estimated: the neck is the middle of the shoulders, as OpenPose defines it; the top of
the head lies above the eyes, along the line from the mouth to the eyes; hands are the middle of the index and little
knuckles. Joints that it does not see, or places outside the picture, are absent: it always answers 33 points, and
those of a person cut by the border are invented. On labelled photographs its visibility of joints that can be seen
goes down to 0.13, of limbs behind the body it is mostly below 0.1; in drawings it is less to be trusted.

Convention: pixels, x right, y down; z as BlazePose gives it, in pixels, 0 at the hips, smaller is nearer.
"""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pose.figure import Kind, Reading
from pose.pose import Pose, View
from pose.skeleton import BIPED

VISIBILITY = {"photo": 0.12, "drawing": 0.35}
EDGE = 0.02
EDGE_VISIBILITY = 0.6
MOUTH_TO_TOP = 2.6
SEEN_ONCE = 0.8
AGREEMENT = (0.3, 0.8)
BODY_HEIGHTS_A_TORSO = 3.4

LANDMARKS = {
    "nose": (0,),
    "neck": (11, 12),
    "r_shoulder": (12,), "r_elbow": (14,), "r_wrist": (16,),
    "l_shoulder": (11,), "l_elbow": (13,), "l_wrist": (15,),
    "r_hip": (24,), "r_knee": (26,), "r_ankle": (28,),
    "l_hip": (23,), "l_knee": (25,), "l_ankle": (27,),
    "r_eye": (5,), "l_eye": (2,), "r_ear": (8,), "l_ear": (7,),
    "head_top": (2, 5),
    "r_hand": (18, 20), "l_hand": (17, 19), "r_toe": (32,), "l_toe": (31,),
}  # fmt: skip
ABOVE = (("elbow", "wrist", "hand"), ("knee", "ankle", "toe"))
"""Chains from the body outwards: past an absent joint nothing is known."""


def to_reading(person: dict[str, Any], width: int, height: int, kind: Kind) -> Reading:
    """One person of `Detector.detect`, found in a picture of `width` x `height`, as a reading in the same pixels.

    The score is the mean visibility of the joints that are there, times the agreement of repeated readings (people
    score 0.75 and more there, false claims on drawings 0.4 to 0.7);
    less if only one view of the picture led to it.
    """
    landmarks = np.asarray(person["landmarks"], np.float32)
    points, scores = _points(landmarks), _scores(landmarks, width, height, VISIBILITY.get(kind, 0.35))
    depth = np.where(scores > 0, points[:, 2] / _body_height(landmarks), np.nan)
    pose = Pose(points[:, :2], scores, width, height, depth=depth.astype(np.float32), view=view_of(landmarks))
    present = scores[: BIPED.core][pose.present[: BIPED.core]]
    again = 1.0 if person["readings"] > 1 else SEEN_ONCE
    agreement = float(np.clip((person["agreement"] - AGREEMENT[0]) / (AGREEMENT[1] - AGREEMENT[0]), 0, 1))
    score = float(present.mean()) * agreement * again if present.size else 0.0
    return Reading(pose, kind, "blazepose", score, _box(pose, person["mask"]), person["mask"])


def view_of(landmarks: NDArray[np.float32]) -> View:
    """From the turn of the shoulders' line about the vertical: 0 faces the viewer, 180 degrees is the back."""
    right_to_left = landmarks[11] - landmarks[12] + 0.5 * (landmarks[23] - landmarks[24])
    turn = abs(np.degrees(np.arctan2(right_to_left[2], right_to_left[0])))
    if turn > 115:
        return "back"
    return "front" if turn < 30 else "three-quarter" if turn < 65 else "side"


def _points(landmarks: NDArray[np.float32]) -> NDArray[np.float32]:
    """(J, 3) x, y, z of each of our joints."""
    points = np.stack([landmarks[list(LANDMARKS[name]), :3].mean(0) for name in BIPED.joints])
    eyes, mouth = landmarks[[2, 5], :3].mean(0), landmarks[[9, 10], :3].mean(0)
    points[BIPED.index["head_top"]] = mouth + MOUTH_TO_TOP * (eyes - mouth)
    return points


def _scores(landmarks: NDArray[np.float32], width: int, height: int, least: float) -> NDArray[np.float32]:
    """(J,) visibility where a joint is seen and inside the picture, else 0."""
    points = _points(landmarks)[:, :2]
    scores = np.array([landmarks[list(LANDMARKS[name]), 3].min() for name in BIPED.joints], np.float32)
    margin = np.minimum(points, np.array((width, height)) - points).min(1)
    seen = (scores >= least) & (margin >= 0)
    seen &= (margin >= EDGE * max(width, height)) | (scores >= EDGE_VISIBILITY)
    index = BIPED.index
    for side in "rl":
        for chain in ABOVE:
            for inner, outer in pairwise(chain):
                seen[index[f"{side}_{outer}"]] &= seen[index[f"{side}_{inner}"]]
    return np.where(seen, np.clip(scores, 0.01, 1), 0).astype(np.float32)


def _body_height(landmarks: NDArray[np.float32]) -> float:
    """The figure's height in pixels, from its torso's length in three dimensions; holds for waist-up pictures."""
    torso = landmarks[[11, 12], :3].mean(0) - landmarks[[23, 24], :3].mean(0)
    return max(float(np.linalg.norm(torso)) * BODY_HEIGHTS_A_TORSO, 1.0)


def _box(pose: Pose, mask: NDArray[np.uint8]) -> tuple[float, float, float, float]:
    """Around the person mask, or around the joints where the mask is empty."""
    rows, columns = np.flatnonzero((mask > 127).any(1)), np.flatnonzero((mask > 127).any(0))
    if rows.size and columns.size:
        return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)
    points = pose.points[pose.present]
    if not len(points):
        return 0.0, 0.0, float(pose.width), float(pose.height)
    (x0, y0), (x1, y1) = points.min(0), points.max(0)
    return float(x0), float(y0), float(x1), float(y1)
