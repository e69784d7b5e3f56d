import numpy as np

from training.scenery import lit, scenery

SIZE = 64


def _pieces() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (48, 48, 3), dtype=np.uint8) for _ in range(2)]


def test_the_same_seed_gives_the_same_scene_and_another_another():
    one, two, other = (scenery(_pieces(), SIZE, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, two)
    assert one.shape == (SIZE, SIZE, 3)
    assert np.abs(one.astype(int) - other).mean() > 5


def test_scenes_are_busier_than_their_ground():
    scenes = [scenery(_pieces(), SIZE, np.random.default_rng(seed)).astype(float) for seed in range(12)]
    assert np.median([scene.std() for scene in scenes]) > 20


def test_light_is_smooth_and_keeps_black():
    grey = np.full((4 * SIZE, 4 * SIZE, 3), 120, np.uint8)
    lighted = lit(grey, np.random.default_rng(3)).astype(int)
    assert np.abs(lighted - 120).max() > 8
    assert np.abs(np.diff(lighted, axis=0)).max() < 12
    assert not lit(np.zeros_like(grey), np.random.default_rng(3)).any()
