"""What cannot be run is refused when it is said."""

import pytest

from deployments.backends.spec import Runtime
from pose.errors import InvalidInput
from serve.settings import parse_settings


@pytest.mark.parametrize("batches", [(), (0, 1), (4, -1)])
def test_batches_are_some_and_positive(batches: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"batches of at least 1.*give some"):
        Runtime(batches=batches)


def test_a_canvas_lies_on_the_latents_grid() -> None:
    assert Runtime(canvases=((1024, 768),)).canvases == ((1024, 768),)
    with pytest.raises(ValueError, match="multiples of 8, got 1000 x 500"):
        Runtime(canvases=((1000, 500),))


def test_settings_tell_it_with_the_key() -> None:
    with pytest.raises(InvalidInput, match=r"garments\.runtime.*batches of at least 1"):
        parse_settings({"garments": {"runtime": {"batches": []}}})
