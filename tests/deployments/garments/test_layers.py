import numpy as np
import pytest

from deployments.garments.layers import cut_layers
from pose.figure import PART_INDEX, Layer
from tests.deployments.garments import doll


def layers_of(parts: np.ndarray) -> dict[str, Layer]:
    image = np.dstack([doll.coloured(), (parts > 0) * np.uint8(255)])
    return {layer.part: layer for layer in cut_layers(image, doll.pose(), parts)}


def whole(layer: Layer, mask: np.ndarray) -> np.ndarray:
    canvas = np.zeros(doll.SIZE, bool)
    x0, y0, x1, y1 = layer.box
    canvas[y0:y1, x0:x1] = mask
    return canvas


def test_known_texels_are_the_parts_and_nothing_is_lost() -> None:
    parts = doll.parts()
    layers = layers_of(parts)
    assert set(layers) == {"torso", "head", "r_arm", "l_arm", "r_leg", "l_leg"}
    for name, layer in layers.items():
        assert (whole(layer, layer.known) == (parts == PART_INDEX[name])).all()
        assert layer.rgba.shape[:2] == layer.known.shape == layer.missing.shape
        assert (layer.rgba[..., 3] > 0).sum() == layer.known.sum()


def test_missing_stays_in_the_silhouette_and_off_the_known() -> None:
    for layer in layers_of(doll.parts()).values():
        assert not (layer.missing & layer.known).any()
        assert not (whole(layer, layer.missing) & ~doll.silhouette()).any()


def test_an_arm_has_a_stump_in_the_torso_and_a_torso_goes_on_under_it() -> None:
    layers = layers_of(doll.parts())
    assert whole(layers["r_arm"], layers["r_arm"].missing)[85, 95]
    assert whole(layers["torso"], layers["torso"].missing)[86, 90]


def test_legs_go_on_under_a_skirt() -> None:
    parts = doll.parts()
    parts[150:200, 80:141] = PART_INDEX["skirt"]
    layers = layers_of(parts)
    assert whole(layers["r_leg"], layers["r_leg"].missing)[170, 96]
    assert layers["skirt"].joint == "r_hip"
    assert list(layers).index("r_leg") < list(layers).index("skirt")


def test_joints_and_default_order() -> None:
    layers = layers_of(doll.parts())
    assert [layers[name].joint for name in ("r_arm", "l_leg", "head")] == ["r_shoulder", "l_hip", "neck"]
    names = list(layers)
    assert max(names.index("r_leg"), names.index("l_leg")) < names.index("torso") < names.index("head")


def test_a_given_order_is_kept() -> None:
    parts = doll.parts()
    order = ("r_arm", "torso", "head", "l_arm", "l_leg", "r_leg")
    image = np.dstack([doll.coloured(), (parts > 0) * np.uint8(255)])
    assert tuple(layer.part for layer in cut_layers(image, doll.pose(), parts, order)) == order


def test_soft_edge_pixels_without_a_part_join_the_nearest() -> None:
    parts = doll.parts()
    alpha = (parts > 0) * np.uint8(255)
    alpha[150, 135] = 60
    image = np.dstack([doll.coloured(), alpha])
    layers = {layer.part: layer for layer in cut_layers(image, doll.pose(), parts)}
    assert whole(layers["torso"], layers["torso"].known)[150, 135]


@pytest.mark.parametrize("pixels", [0, 1])
def test_next_to_nothing_is_no_crash(pixels: int) -> None:
    parts = np.zeros(doll.SIZE, np.uint8)
    parts[100, 100 : 100 + pixels] = PART_INDEX["r_arm"]
    assert len(layers_of(parts)) == pixels
