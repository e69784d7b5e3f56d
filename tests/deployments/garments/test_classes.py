import numpy as np
import pytest

from deployments.garments.classes import read_classes, shared_out
from pose.figure import MATERIAL_INDEX, PART_INDEX
from tests.deployments.garments.tiny_clothes import ATR, numbered

LIP = (
    "Background", "Hat", "Hair", "Glove", "Sunglasses", "UpperClothes", "Dress", "Coat", "Socks", "Pants", "Jumpsuits",
    "Scarf", "Skirt", "Face", "Left-arm", "Right-arm", "Left-leg", "Right-leg", "Left-shoe", "Right-shoe",
)  # fmt: skip
CIHP = tuple("Torso-skin" if name == "Jumpsuits" else name for name in LIP)


@pytest.mark.parametrize("names", [ATR, LIP, CIHP, tuple(name.lower().replace("-", "_") for name in ATR)])
def test_the_known_lists_are_read_in_any_spelling(names: tuple[str, ...]) -> None:
    classes = read_classes(numbered(names))
    assert classes.background.tolist() == [True] + [False] * (len(names) - 1)
    assert (classes.parts.max(1) > 0).all()
    assert (classes.materials.sum(1) > 0).all()
    assert (classes.parts[1:, PART_INDEX["none"]] == 0).all()


def test_a_shirt_is_shared_out_as_the_network_tells() -> None:
    classes = read_classes(numbered(("background", "Upper-clothes")))
    shares = np.full((10, 1, 1), 0.01, np.float32)
    shares[PART_INDEX["torso"]], shares[PART_INDEX["l_arm"]], shares[PART_INDEX["head"]] = 0.3, 0.1, 0.5
    parts = shared_out(np.array([[[0.2]], [[0.8]]], np.float32), classes.parts, shares)
    assert parts.sum() == pytest.approx(1, abs=1e-5)
    assert parts[PART_INDEX["none"], 0, 0] == pytest.approx(0.2)
    assert parts[PART_INDEX["torso"], 0, 0] == pytest.approx(0.8 * 0.3 / 0.41, rel=0.01)
    assert parts[PART_INDEX["head"], 0, 0] == 0


def test_a_sides_class_leans_to_its_side_and_yields_to_one_who_knows() -> None:
    classes = read_classes(numbered(("background", "Left-shoe")))
    seen = np.array([[[0.0]], [[1.0]]], np.float32)
    flat = np.full((10, 1, 1), 0.1, np.float32)
    parts = shared_out(seen, classes.parts, flat)
    assert parts[PART_INDEX["l_leg"], 0, 0] == pytest.approx(0.8)
    flat[PART_INDEX["r_leg"]] = 0.9
    assert shared_out(seen, classes.parts, flat)[:, 0, 0].argmax() == PART_INDEX["r_leg"]
    assert classes.materials[1, MATERIAL_INDEX["rigid"]] == 1
