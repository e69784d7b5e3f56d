import cv2
import numpy as np

from deployments.garments.neck import neck_cut
from deployments.garments.parts import enlarge_labels, label_parts
from pose.figure import PART_INDEX, PARTS
from pose.pose import Pose, from_named
from tests.deployments.garments import doll


def without(pose: Pose, *names: str) -> Pose:
    kept = {name: point for name, point in pose.points_by_name().items() if name not in names}
    return from_named(kept, pose.width, pose.height)


def test_bones_alone_name_the_dolls_parts() -> None:
    found, merged = label_parts(doll.coloured(), doll.silhouette(), doll.pose(), None)
    assert merged == ()
    assert (found == doll.parts())[doll.silhouette()].mean() > 0.88
    assert not found[~doll.silhouette()].any()
    assert set(np.unique(found)) <= {0, *(PART_INDEX[name] for name in doll.COLOURS)}


def test_a_limb_without_joints_is_not_named() -> None:
    pose = without(doll.pose(), "l_shoulder", "l_elbow", "l_wrist")
    found, _ = label_parts(doll.coloured(), doll.silhouette(), pose, None)
    assert PART_INDEX["l_arm"] not in found


def test_the_network_adds_what_bones_do_not_know() -> None:
    truth = doll.parts()
    truth[150:190, 84:137] = PART_INDEX["skirt"]
    scores = np.full((len(PARTS), *doll.SIZE), -6, np.float32)
    np.put_along_axis(scores, truth[None].astype(np.int64), -0.01, 0)
    found, _ = label_parts(doll.coloured(), truth > 0, doll.pose(), scores)
    assert (found == truth)[truth > 0].mean() > 0.95


def test_an_arm_with_no_outline_of_its_own_is_merged() -> None:
    blob = np.zeros(doll.SIZE, bool)
    blob[20:240, 10:210] = True
    picture = np.full((*doll.SIZE, 3), 120, np.uint8)
    points = dict(doll.JOINTS, r_elbow=(95.0, 110.0), r_wrist=(110.0, 120.0))
    _, merged = label_parts(picture, blob, from_named(points, doll.SIZE[1], doll.SIZE[0]), None)
    assert "r_arm" in merged


def test_islands_join_their_neighbour() -> None:
    scores = np.full((len(PARTS), *doll.SIZE), -6, np.float32)
    truth = doll.parts()
    truth[200:205, 90:95] = PART_INDEX["head"]  # a speck of head on a leg
    np.put_along_axis(scores, truth[None].astype(np.int64), -0.01, 0)
    found, _ = label_parts(doll.coloured(), truth > 0, doll.pose(), scores)
    assert found[202, 92] == PART_INDEX["r_leg"]


def test_the_neck_is_cut_where_it_is_narrowest() -> None:
    merged = doll.parts()
    merged[merged == PART_INDEX["head"]] = PART_INDEX["torso"]
    cut = neck_cut(merged, merged > 0, doll.pose())
    assert cut[44, 110] == PART_INDEX["head"]
    assert cut[90, 110] == PART_INDEX["torso"]


def test_enlarged_labels_have_smooth_borders() -> None:
    y, x = np.mgrid[:32, :32]
    small = np.where(x > y, 3, 1).astype(np.uint8)
    large = enlarge_labels(small, (128, 128))
    rows, columns = np.mgrid[:128, :128]
    assert (large == np.where(columns > rows, 3, 1)).mean() > 0.98
    assert cv2.countNonZero(large) == 128 * 128
