from deployments.denoiser.program import BridgeProgram
from deployments.denoiser.signature import SIGNATURE
from deployments.denoiser.warmup import (
    blank_restorations,
    company_bound,
    label,
    measured_caps,
    named,
    noise_restorations,
    restoration_bucket,
)
from tests.deployments.denoiser.engine.simulated import Clock
from tests.deployments.denoiser.figures import echo


class Sublinear:
    """A bridge on a clock of its own: two rows cost what one does, four twice as much."""

    def __init__(self, clock):
        self._program, self._clock = BridgeProgram(echo), clock

    def start(self, job):
        return self._program.start(job)

    def step(self, states):
        self._clock.now += {1: 1.0, 2: 1.0, 4: 2.0}[len(states)]
        self._program.step(states)


def test_caps_are_the_smallest_batches_that_are_nearly_the_fastest():
    clock = Clock()
    rows = measured_caps(Sublinear(clock), blank_restorations(), clock=clock)
    assert named(rows) == {f"{h}x{w}": 2 for h, w in SIGNATURE.buckets}


def test_a_size_takes_the_cap_of_the_bucket_that_holds_it():
    assert restoration_bucket(((224, 192),)) == ((256, 256),)
    assert restoration_bucket(((288, 64),)) == ((384, 256),)
    assert restoration_bucket(("another", 2)) is None


def test_labels_are_the_numbers_of_a_key():
    assert label(("0f3a", 0.6, (1024, 768), True)) == "1024x768"
    assert label("named") == "all"


def test_the_companys_bound_is_what_a_batch_does_to_a_result():
    def swayed(maps, *more):
        answer = echo(maps, *more)
        return answer | {"clean": answer["clean"] * (1 - 0.01 * (len(maps) - 1))}

    jobs = noise_restorations(3, steps=1)
    assert company_bound(BridgeProgram(echo), jobs) == 0
    assert abs(company_bound(BridgeProgram(swayed), jobs) - 0.02) < 2e-3
