"""Calls to stages: references in place of bytes, our errors as they were raised, one more try where a replica died."""

import asyncio

import pytest
from ray.exceptions import RayActorError, RayTaskError

from deployments.denoiser.spec import Order, Progress
from pose.errors import NoFigure, NotFinite, Overloaded
from serve.ingress import TRIES, RayStages, _call
from serve.stages import Held

ORDER = Order()


class Response:
    """What a handle's call gives: here it is settled already."""

    def __init__(self, outcome):
        self._outcome = outcome

    async def _to_object_ref(self):
        settled = asyncio.get_running_loop().create_future()
        if isinstance(self._outcome, Exception):
            settled.set_exception(self._outcome)
        else:
            settled.set_result(self._outcome)
        return settled


def stage(*outcomes):
    """A stage's method that answers with each outcome in turn, and the list of what it was given."""
    given, left = [], list(outcomes)

    def remote(*arguments):
        given.append(arguments)
        return Response(left.pop(0))

    return remote, given


def test_references_are_passed_and_values_given_back():
    remote, given = stage("figure")
    held = asyncio.run(_call(remote, Held("picture", "reference"), 7))
    assert given == [("reference", 7)]
    assert held.value == "figure"
    assert held.reference is not None


def test_what_a_dead_replica_was_asked_is_asked_again_a_few_times():
    remote, given = stage(RayActorError(), "figure")
    assert asyncio.run(_call(remote, 1)).value == "figure"
    assert given == [(1,), (1,)]
    remote, given = stage(*[RayActorError()] * TRIES, "figure")
    with pytest.raises(Overloaded, match="try again"):
        asyncio.run(_call(remote, 1))
    assert len(given) == TRIES


def streaming(*outcomes):
    """A stage's streaming method: each outcome is what one call gives, an exception in it being raised there."""
    given, left = [], list(outcomes)

    class Stream:
        def __init__(self, news):
            self._news = news

        def cancel(self):
            given.append("cancelled")

        async def _to_object_ref_gen(self):
            return self._references()

        async def _references(self):
            for value in self._news:
                settled = asyncio.get_running_loop().create_future()
                if isinstance(value, Exception):
                    settled.set_exception(value)
                elif value is not None:
                    settled.set_result(value)
                yield settled

    def remote(*arguments):
        given.append(arguments)
        return Stream(left.pop(0))

    return RayStages({"denoiser": Handle(remote)}), given


class Handle:
    """A handle whose one method is `repair`, in a stream."""

    def __init__(self, remote):
        self.repair = type("Method", (), {"remote": staticmethod(remote)})

    def options(self, stream):
        assert stream
        return self


def repaired(stages, told=lambda progress: None):
    return asyncio.run(stages.repair(Held("figure", "f"), Held("warp", "w"), ORDER, told))


def test_progress_is_told_and_the_last_of_a_stream_is_the_result():
    seen, steps = [], [Progress(1, 3, "a"), Progress(2, 3, "b")]
    stages, given = streaming([*steps, "picture"])
    held = repaired(stages, seen.append)
    assert (held.value, seen) == ("picture", steps)
    assert given == [("f", "w", ORDER, None)]
    assert held.reference is not None


def test_another_replica_goes_on_from_the_latest_step():
    stages, given = streaming([Progress(1, 3, "a"), Progress(2, 3, "b"), RayActorError()], ["picture"])
    assert repaired(stages).value == "picture"
    assert given == [("f", "w", ORDER, None), ("f", "w", ORDER, "b")]


def test_another_and_another_replica_go_on_and_then_it_is_told():
    stages, given = streaming(
        [Progress(1, 3, "a"), RayActorError()], [Progress(2, 3, "b"), RayActorError()], ["picture"]
    )
    assert repaired(stages).value == "picture"
    assert [asked[3] for asked in given] == [None, "a", "b"]
    stages, _ = streaming(*[[RayActorError()]] * TRIES, ["picture"])
    with pytest.raises(Overloaded, match="try again"):
        repaired(stages)


def test_another_replica_has_what_time_is_left():
    stages, given = streaming([RayActorError()], ["picture"])
    asyncio.run(stages.repair(Held("figure", "f"), Held("warp", "w"), Order(within=5.0), lambda _: None))
    first, second = (asked[2].within for asked in given)
    assert 0 < second < first <= 5.0


def test_a_streams_error_of_ours_comes_back_as_it_was_raised():
    error = RayTaskError("repair", "a long traceback", NotFinite("not finite; try another seed."))
    stages, _ = streaming([Progress(1, 3, "a"), error.as_instanceof_cause()])
    with pytest.raises(NotFinite) as raised:
        repaired(stages)
    assert type(raised.value) is NotFinite


def test_a_caller_who_leaves_cancels_the_stream():
    stages, given = streaming([Progress(1, 3, "a"), None])

    async def leave():
        call = asyncio.ensure_future(stages.repair(Held("figure", "f"), Held("warp", "w"), ORDER, lambda _: None))
        await asyncio.sleep(0.05)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    asyncio.run(leave())
    assert given == [("f", "w", ORDER, None), "cancelled"]


def test_our_errors_come_back_as_they_were_raised():
    error = RayTaskError("parse", "a long traceback", NoFigure("nothing there; send more."))
    remote, given = stage(error.as_instanceof_cause())
    with pytest.raises(NoFigure) as raised:
        asyncio.run(_call(remote, 1))
    assert type(raised.value) is NoFigure
    assert raised.value.message == "nothing there; send more."
    assert len(given) == 1


def test_other_errors_are_not_taken_for_ours():
    error = RayTaskError("parse", "a long traceback", ZeroDivisionError("division by zero"))
    remote, _ = stage(error.as_instanceof_cause())
    with pytest.raises(ZeroDivisionError):
        asyncio.run(_call(remote, 1))
