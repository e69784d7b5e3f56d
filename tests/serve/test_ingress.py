"""Calls to stages: references in place of bytes, our errors as they were raised, one more try where a replica died."""

import asyncio

import pytest
from ray.exceptions import RayActorError, RayTaskError

from pose.errors import NoFigure
from serve.ingress import _call
from serve.stages import Held


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


def test_a_dead_replica_is_asked_again_once():
    remote, given = stage(RayActorError(), "figure")
    assert asyncio.run(_call(remote, 1)).value == "figure"
    assert given == [(1,), (1,)]
    remote, given = stage(RayActorError(), RayActorError(), "figure")
    with pytest.raises(RayActorError):
        asyncio.run(_call(remote, 1))


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
