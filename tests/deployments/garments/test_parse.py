from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from deployments.garments import anatomy
from deployments.garments.parse import parse_figure
from pose.errors import InvalidImage, NoFigure
from pose.figure import MATERIALS, PARTS, Figure, Reading
from pose.pose import from_named
from tests.deployments.garments import doll


def blind(rgb: torch.Tensor, maps: torch.Tensor) -> dict[str, torch.Tensor]:
    """A network that sees figure where the picture is not green, all of it fitted torso."""
    matte = torch.where(rgb[:, 1] - torch.maximum(rgb[:, 0], rgb[:, 2]) > 0.1, -8.0, 8.0)[:, None]
    parts = torch.zeros(1, len(PARTS), 256, 256)
    materials = torch.zeros(1, len(MATERIALS), 256, 256)
    materials[:, MATERIALS.index("skin")] = 5
    return {"matte": matte, "parts": parts, "materials": materials}


def check(figure: Figure, shape: tuple[int, int]) -> None:
    """What every figure keeps to."""
    assert figure.image.shape == (*shape, 4)
    assert figure.parts.shape == figure.materials.shape == shape
    inside = figure.image[..., 3] > 0
    assert ((figure.parts > 0) == inside).all()
    assert ((figure.materials > 0) == inside).all()
    assert sum(int(layer.known.sum()) for layer in figure.layers) == int(inside.sum())


@pytest.mark.parametrize("picture", [doll.coloured(), doll.outlined()], ids=["coloured", "outlined"])
def test_a_doll_on_paper(picture: np.ndarray) -> None:
    figure = parse_figure(picture, doll.reading())
    check(figure, doll.SIZE)
    assert doll.overlap(figure.image[..., 3] > 127, anatomy.grown(doll.silhouette(), 1)) > 0.9
    assert {layer.part for layer in figure.layers} == set(doll.COLOURS)


def test_a_network_serves_as_prior_before_a_busy_background() -> None:
    figure = parse_figure(doll.coloured(doll.busy()), doll.reading(), None, blind)
    check(figure, doll.SIZE)
    assert doll.overlap(figure.image[..., 3] > 127, doll.silhouette()) > 0.93
    assert set(np.unique(figure.materials)) == {0, MATERIALS.index("skin")}


def test_a_person_mask_serves_as_prior() -> None:
    person = (doll.silhouette() * 255).astype(np.uint8)
    figure = parse_figure(doll.coloured(doll.busy()), replace(doll.reading(), mask=person))
    assert doll.overlap(figure.image[..., 3] > 127, doll.silhouette()) > 0.95


def test_edges_carry_no_background() -> None:
    soft = cv2.GaussianBlur(doll.silhouette().astype(np.float32), (0, 0), 1.2)[..., None]
    picture = (soft * np.array([200, 40, 40]) + (1 - soft) * np.array([30, 150, 60])).astype(np.uint8)
    figure = parse_figure(picture, replace(doll.reading(), mask=(doll.silhouette() * 255).astype(np.uint8)))
    edge = (figure.image[..., 3] > 60) & (figure.image[..., 3] < 235)
    assert edge.sum() > 100
    assert (figure.image[edge][:, 0] > 150).mean() > 0.9


def test_the_users_mask_and_the_sources_alpha_rule() -> None:
    half = np.zeros(doll.SIZE, np.uint8)
    half[:, :110] = 255
    masked = parse_figure(doll.coloured(), doll.reading(), half)
    assert doll.overlap(masked.image[..., 3] > 127, half > 127) > 0.98
    rgba = np.dstack([doll.coloured(), half])
    check(parse_figure(rgba, doll.reading()), doll.SIZE)
    assert (parse_figure(rgba, doll.reading()).image == rgba).all()


def test_a_mask_of_another_size_is_fitted() -> None:
    mask = (doll.silhouette() * 255).astype(np.uint8)[::2, ::2]
    assert (
        doll.overlap(parse_figure(doll.coloured(), doll.reading(), mask).image[..., 3] > 127, doll.silhouette()) > 0.9
    )


def test_a_large_picture_is_answered_at_its_size() -> None:
    large = np.repeat(np.repeat(doll.coloured(), 5, 0), 5, 1)
    pose = doll.pose().scaled(5)
    figure = parse_figure(large, Reading(pose, "character", "user", 1.0, (130, 100, 970, 1200)))
    check(figure, large.shape[:2])
    truth = np.repeat(np.repeat(doll.silhouette(), 5, 0), 5, 1)
    assert doll.overlap(figure.image[..., 3] > 127, truth) > 0.93


def test_joints_off_the_canvas_are_tolerated() -> None:
    points = dict(doll.JOINTS, r_wrist=(-80.0, 400.0), l_ankle=(130.0, 900.0))
    pose = from_named(points, doll.SIZE[1], doll.SIZE[0])
    check(parse_figure(doll.coloured(), replace(doll.reading(), pose=pose)), doll.SIZE)


@pytest.mark.parametrize("joints", [("nose",), ("r_shoulder", "r_elbow"), ("neck", "nose", "l_hip")])
def test_few_joints_are_tolerated(joints: tuple[str, ...]) -> None:
    pose = from_named({name: doll.JOINTS[name] for name in joints}, doll.SIZE[1], doll.SIZE[0])
    check(parse_figure(doll.coloured(), replace(doll.reading(), pose=pose)), doll.SIZE)


def test_a_tiny_figure() -> None:
    picture = np.full((40, 40, 3), 230, np.uint8)
    picture[15:25, 18:22] = (160, 30, 30)
    pose = from_named({"nose": (20.0, 16.0), "neck": (20.0, 18.0), "r_hip": (20.0, 22.0)}, 40, 40)
    check(parse_figure(picture, Reading(pose, "drawing", "user", 1.0, (18, 15, 22, 25))), (40, 40))


@pytest.mark.parametrize(
    ("picture", "mask"),
    [
        (np.full((*doll.SIZE, 3), 200, np.uint8), np.zeros(doll.SIZE, np.uint8)),
        (np.zeros((*doll.SIZE, 4), np.uint8), None),
    ],
    ids=["empty mask", "transparent"],
)
def test_nothing_to_see_is_no_figure(picture: np.ndarray, mask: Any) -> None:
    with pytest.raises(NoFigure, match="send"):
        parse_figure(picture, doll.reading(), mask)


def test_a_reading_without_joints_is_no_figure() -> None:
    with pytest.raises(NoFigure, match="source_keypoints"):
        parse_figure(doll.coloured(), replace(doll.reading(), pose=from_named({}, doll.SIZE[1], doll.SIZE[0])))


def test_a_grey_picture_is_refused() -> None:
    with pytest.raises(InvalidImage, match="RGB"):
        parse_figure(np.zeros((8, 8), np.uint8), doll.reading())
