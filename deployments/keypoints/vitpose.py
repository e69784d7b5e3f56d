"""Maps the 17 joints of COCO, as ViTPose answers them, to our skeleton. Pure numpy; knows no network.

The neck is the middle of the shoulders, as OpenPose defines it. ViTPose always answers 17 joints, with the height of
the heat map's peak as score: below ABSENT, or beyond the picture, a joint is absent, and so is what hangs on it. It
gives no top of the head, hands, toes, depth or mask: `joined` takes them from BlazePose's reading of the same figure,
where there is one, and leaves that one out: its scores run higher, its joints are less exact.

Convention: ViTPose counts pixels from 0 at a pixel's centre, we have pixel centres at .5.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from deployments.keypoints.choose import oks
from pose.errors import WeightsError
from pose.figure import Kind, Reading
from pose.pose import Pose
from pose.skeleton import BIPED
from pose.view import nearest_view

Bounds = tuple[float, float, float, float]

COCO = (
    "nose", "l_eye", "r_eye", "l_ear", "r_ear",
    "l_shoulder", "r_shoulder", "l_elbow", "r_elbow", "l_wrist", "r_wrist",
    "l_hip", "r_hip", "l_knee", "r_knee", "l_ankle", "r_ankle",
)  # fmt: skip
ABSENT = 0.3
SAME = 0.5  # object keypoint similarity from which BlazePose's reading is of the same figure
AS_MANY = 0.8  # of the joints of BlazePose's reading, from which ViTPose's replaces it
FEWEST = 8  # joints, below which a reading is worth less
CHAINS = (("elbow", "wrist"), ("knee", "ankle"))
EXTRAS = {"head_top": "nose", "r_hand": "r_wrist", "l_hand": "l_wrist", "r_toe": "r_ankle", "l_toe": "l_ankle"}


def coco_rows(labels: Mapping[int, str]) -> list[int]:
    """The row of each joint of COCO in a network's answer, by its labels, which may name more; 17 labels never
    given (LABEL_0) are COCO's, in its order.

    Raises WeightsError for a network of other joints.
    """
    named = {_plain(label): row for row, label in labels.items()}
    if set(named) == {f"label_{row}" for row in range(len(COCO))}:
        return list(range(len(COCO)))
    if not named.keys() >= set(COCO):
        raise WeightsError(
            f"expected a ViTPose of COCO's 17 joints, got {len(labels)}: {', '.join(labels.values())}; "
            "give a checkpoint trained on COCO, such as usyd-community/vitpose-base-simple."
        )
    return [named[joint] for joint in COCO]


def to_reading(
    points: NDArray[np.float32], scores: NDArray[np.float32], box: Bounds, width: int, height: int, kind: Kind
) -> Reading:
    """points (17, 2) as ViTPose counts and scores (17,), rows of COCO; box in pixels of the picture.

    The reading's score is the mean of its present joints', less where they are few.
    """
    placed, known = np.zeros((len(BIPED.joints), 2), np.float32), np.zeros(len(BIPED.joints), np.float32)
    rows = [BIPED.index[name] for name in COCO]
    placed[rows] = points + np.float32(0.5)
    known[rows] = _present(placed[rows], scores, width, height)
    shoulders = [BIPED.index["r_shoulder"], BIPED.index["l_shoulder"]]
    placed[BIPED.index["neck"]] = placed[shoulders].mean(0)
    known[BIPED.index["neck"]] = known[shoulders].min()
    _cut_chains(known)
    present = known[known > 0]
    score = float(present.mean() * min(len(present) / FEWEST, 1)) if len(present) else 0.0
    pose = Pose(placed, known, width, height)
    return Reading(replace(pose, view=nearest_view(pose)), kind, "vitpose", score, _within(box, width, height))


def joined(readings: Sequence[Reading], people: Sequence[Reading]) -> list[Reading]:
    """ViTPose's readings, each with what BlazePose adds to it, and of BlazePose's those that none of them replaces."""
    alone = [person for person in people if not any(_replaces(reading, person) for reading in readings)]
    return [*(enriched(reading, people) for reading in readings), *alone]


def enriched(reading: Reading, people: Sequence[Reading]) -> Reading:
    """The reading with extras, depth, view and mask of BlazePose's of the same figure, and as sure as the surer of the
    two; itself where there is none."""
    alike = max(people, key=lambda person: oks(reading.pose, person.pose), default=None)
    if alike is None or oks(reading.pose, alike.pose) < SAME:
        return reading
    points, scores = reading.pose.points.copy(), reading.pose.scores.copy()
    for extra, root in EXTRAS.items():
        if reading.pose.has(root) and alike.pose.has(root, extra):
            row = BIPED.index[extra]
            points[row] = reading.pose[root] + alike.pose[extra] - alike.pose[root]
            scores[row] = alike.pose.scores[row]
    depth = None if alike.pose.depth is None else np.where(scores > 0, alike.pose.depth, np.float32(np.nan))
    pose = replace(reading.pose, points=points, scores=scores, depth=depth, view=alike.pose.view)
    return replace(reading, pose=pose, mask=alike.mask, score=max(reading.score, alike.score))


def _replaces(reading: Reading, person: Reading) -> bool:
    """Whether both are of one figure, of which the first shows about as many joints."""
    seen, other = (int(pose.present[: BIPED.core].sum()) for pose in (reading.pose, person.pose))
    return oks(reading.pose, person.pose) >= SAME and seen >= AS_MANY * other


def _present(points: NDArray[np.float32], scores: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    inside = ((points >= 0) & (points <= (width, height))).all(1)
    return np.where(inside & (scores >= ABSENT), np.clip(scores, 0, 1), 0).astype(np.float32)


def _cut_chains(scores: NDArray[np.float32]) -> None:
    """Past an absent elbow or knee nothing is known."""
    for side in "rl":
        for chain in CHAINS:
            for inner, outer in pairwise(chain):
                if scores[BIPED.index[f"{side}_{inner}"]] == 0:
                    scores[BIPED.index[f"{side}_{outer}"]] = 0


def _within(box: Bounds, width: int, height: int) -> Bounds:
    x0, y0, x1, y1 = box
    return max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height))


def _plain(label: str) -> str:
    """`L_Eye`, `left_eye` and `Left Eye` -> `l_eye`."""
    words = label.lower().replace("-", "_").replace(" ", "_")
    return words.replace("left_", "l_").replace("right_", "r_")
