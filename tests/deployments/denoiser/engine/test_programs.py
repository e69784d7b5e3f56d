from deployments.denoiser.engine.caps import Caps
from deployments.denoiser.engine.engine import Engine
from deployments.denoiser.engine.programs import Programs
from deployments.denoiser.engine.slots import Job
from tests.deployments.denoiser.engine.simulated import Clock, Device


def test_each_job_is_run_by_the_program_it_is_chosen_for():
    clock = Clock()
    small, large = Device(clock), Device(clock)
    engine = Engine(Programs(lambda job: small if job.key == 256 else large), Caps(unmeasured=4), clock=clock)
    handles = [engine.submit(Job(key, work, 2)) for key, work in ((256, "a"), (1024, "b"), (256, "c"))]
    while engine.turn():
        pass
    assert [handle.future.result(0) for handle in handles] == ["a", "b", "c"]
    assert small.batches == [["a", "c"], ["a", "c"]]
    assert large.batches == [["b"], ["b"]]


def test_a_saved_state_is_its_own_programs():
    clock = Clock()
    engine = Engine(Programs(lambda job: Device(clock)), Caps(), clock=clock)
    handle = engine.submit(Job(512, "a", 3))
    engine.turn()
    assert engine.saved(handle) == 1
    rest = engine.submit(Job(512, "b", 3, saved=2))
    while engine.turn():
        pass
    assert rest.future.result(0) == "b"
