import cv2
import numpy as np

from deployments.keypoints.foreground import estimate_foreground, is_photograph


def paper(height: int = 300, width: int = 240) -> np.ndarray:
    shade = np.linspace(200, 240, width)[None, :, None] * np.ones((height, 1, 3))
    return shade.astype(np.uint8)


def test_an_outline_on_shaded_paper_is_filled() -> None:
    drawn = paper()
    cv2.circle(drawn, (120, 150), 60, (40, 40, 40), 3)
    found = estimate_foreground(drawn)
    assert found.trust > 0.9
    assert found.share_of(np.array([(120, 150), (100, 120)], np.float32)) == 1
    assert found.share_of(np.array([(20, 20), (220, 280), (-5, 10)], np.float32)) == 0
    (box,) = found.boxes
    assert np.abs(np.array(box) - (58, 88, 182, 212)).max() < 6


def test_alpha_is_believed() -> None:
    picture = np.dstack([paper(), np.zeros((300, 240), np.uint8)])
    picture[100:200, 80:160, 3] = 255
    found = estimate_foreground(picture)
    assert found.trust == 1
    assert found.boxes == ((80 * 1.0, 100 * 1.0, 160 * 1.0, 200 * 1.0),) or np.allclose(
        found.boxes[0], (80, 100, 160, 200), atol=3
    )


def test_a_busy_border_is_not_trusted() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (20, 20, 3), np.uint8)
    assert estimate_foreground(cv2.resize(noise, (300, 300), interpolation=cv2.INTER_NEAREST)).trust < 0.1


def test_texture_tells_photographs() -> None:
    noise = np.random.default_rng(0).normal(128, 20, (256, 256, 3)).clip(0, 255).astype(np.uint8)
    assert is_photograph(noise)
    assert not is_photograph(paper())


def test_tiny_and_plain_pictures_have_no_figure() -> None:
    for height, width in ((1, 1), (3, 9), (64, 64)):
        found = estimate_foreground(np.full((height, width, 3), 77, np.uint8))
        assert found.boxes == ()
