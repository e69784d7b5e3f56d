"""Which values a sampling may have, and what is told of those that nobody hears."""

import math

import pytest
from pydantic import BaseModel, ValidationError

from deployments.denoiser.checkpoint.painting import Sampling, tell_unheard

WRONG = [
    ("steps", 0),
    ("steps", 101),
    ("guidance", -0.1),
    ("guidance", math.inf),
    ("control_scale", 2.1),
    ("identity_scale", math.nan),
    ("strength", 0.0),
    ("strength", 1.5),
    ("reuse", 1.0),
    ("reuse", -0.1),
]
EDGES = {"steps": (1, 100), "guidance": (0, 50), "control_scale": (0, 2), "strength": (0.01, 1), "reuse": (0, 0.99)}


class Settings(BaseModel):
    """As a stage's settings hold one."""

    sampling: Sampling = Sampling()


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_refuses_what_cannot_be_sampled(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=rf"expected {name} of .*, got {value}"):
        Sampling(**{name: value})  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match=f"expected {name} of"):
        Settings.model_validate({"sampling": {name: value}})


@pytest.mark.parametrize("name", EDGES)
def test_takes_the_ends_of_what_is_allowed(name: str) -> None:
    for value in EDGES[name]:
        assert getattr(Sampling(**{name: value}), name) == value  # type: ignore[arg-type]


def test_one_line_tells_what_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    names = ("control_scale", "strength")
    tell_unheard(Sampling(steps=3), names, "there is none")
    assert not caplog.records
    tell_unheard(Sampling(strength=0.5), names, "there is none")
    (record,) = caplog.records
    assert record.getMessage() == "sampling's strength was set and changes nothing: there is none; leave it out"
