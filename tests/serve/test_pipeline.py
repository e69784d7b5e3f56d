"""The order of the work: what runs once, what runs side by side, and what a failure leaves behind."""

import asyncio

import numpy as np
import pytest

from deployments.backgrounds.spec import Background
from pose.errors import InvalidInput, NoFigure, NoPose
from pose.image import decode
from serve.figures import FigureStore
from serve.pipeline import Pipeline
from serve.requests import Source, Target, Transfer
from tests.serve.stand_ins import StandInStages, png, standing

WALKING = Target("walking", name="walking")


def source(key="a", shade=200, **options):
    return Source(key, decode(png(shade=shade)), **options)


def pipeline(stages):
    return Pipeline(stages, FigureStore(4, 100, lambda: 0.0))


def transfer(stages, *requests):
    async def scenario():
        made = pipeline(stages)
        return await asyncio.gather(*[made.transfer(request) for request in requests])

    return asyncio.run(scenario())


def test_two_requests_for_one_figure_parse_it_once():
    stages = StandInStages()
    transfer(stages, Transfer(source(), (WALKING,)), Transfer(source(), (WALKING,), seed=3))
    assert stages.calls.count("complete") == 1
    assert stages.calls.count("repair") == 2


def test_the_reference_is_read_beside_the_source():
    stages = StandInStages(delay=0.01)
    transfer(stages, Transfer(source(), (Target("r", reference=decode(png())),)))
    assert stages.calls[:3] == ["read", "read", "parse"]


@pytest.mark.parametrize(
    ("reader", "kind", "last"),
    [("network", "character", "reread"), ("blazepose", "drawing", "read"), ("openpose", "openpose", "reread")],
)
def test_the_result_is_read_as_its_source_was(reader, kind, last):
    stages = StandInStages(reader=reader, kind=kind)
    (result,) = transfer(stages, Transfer(source(), (WALKING,)))
    assert [call for call in stages.calls if "read" in call] == ["read", last]
    assert result.outputs[0].report.pose_error is not None


def test_the_users_joints_on_a_drawing_need_no_second_search():
    stages = StandInStages()
    transfer(stages, Transfer(source(keypoints=standing()), (WALKING,)))
    assert stages.calls.count("reread") == 1


def test_the_result_is_read_where_the_pose_was_put():
    class Watching(StandInStages):
        async def reread(self, picture, box):
            self.box = box
            return await super().reread(picture, box)

    stages = Watching()
    (result,) = transfer(stages, Transfer(source(), (Target("k", keypoints=standing()),), scale=2))
    points = result.outputs[0].pose.points[result.outputs[0].pose.present] / 2
    assert (points.min(0) >= stages.box[:2]).all()
    assert (points.max(0) <= stages.box[2:]).all()


def test_every_stage_is_timed():
    (result,) = transfer(StandInStages(), Transfer(source(), (WALKING,), scale=2))
    names = ("keypoints", "garments", "denoiser", "deformation", "backgrounds", "upscaler", "report")
    assert set(result.seconds) == set(names)


def test_the_pose_told_is_in_the_outputs_own_pixels():
    (result,) = transfer(StandInStages(), Transfer(source(), (Target("k", keypoints=standing()),), scale=2))
    output = result.outputs[0]
    assert (output.pose.width, output.pose.height) == (output.rgba.shape[1], output.rgba.shape[0]) == (192, 224)
    np.testing.assert_allclose(output.pose["neck"], 2 * standing()["neck"], atol=0.5)


def test_the_users_keypoints_stand_where_nothing_is_detected():
    stages = StandInStages()
    given = Transfer(source(shade=0, keypoints=standing()), (WALKING,))
    (result,) = transfer(stages, given)
    assert result.parsed.reading.reader == "user"


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (Transfer(source(shade=0), (WALKING,)), NoFigure),
        (Transfer(source(figure_index=1), (WALKING,)), NoFigure),
        (Transfer(source(), (Target("r", reference=decode(png(shade=0))),)), NoPose),
    ],
)
def test_what_cannot_be_read_is_told(request_, error):
    with pytest.raises(error):
        transfer(StandInStages(), request_)


def test_one_requests_outputs_leave_room_for_others():
    class Counting(StandInStages):
        now = most = 0

        async def warp(self, *arguments):
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0)
            self.now -= 1
            return await super().warp(*arguments)

    stages = Counting()
    (result,) = transfer(stages, Transfer(source(), (WALKING,) * 5, variations=2))
    assert len(result.outputs) == 10
    assert [output.seed for output in result.outputs] == [0, 1] * 5
    assert stages.most <= 4


def test_poses_on_one_canvas_share_the_background_without_its_figure():
    stages = StandInStages(delay=0.01)
    targets = tuple(Target(name, name=name) for name in ("walking", "waving", "standing"))
    transfer(stages, Transfer(source(), targets))
    assert stages.calls.count("plate") == 1
    assert stages.calls.count("compose keep") == 3


def test_the_background_is_begun_before_the_figure_is_complete():
    stages = StandInStages(delay=0.02)
    transfer(stages, Transfer(source(), (WALKING,)))
    assert stages.calls.index("plate") < stages.calls.index("warp")
    assert stages.calls.count("plate") == 1


def test_a_background_that_fails_early_is_told_where_it_is_needed():
    class Failing(StandInStages):
        async def plate(self, picture, alpha, origin, size):
            await self._called("plate")
            raise InvalidInput("no plate")

    stages = Failing()
    with pytest.raises(InvalidInput, match="no plate"):
        transfer(stages, Transfer(source(), (WALKING,)))
    assert stages.calls.count("plate") == 2


def test_no_background_is_filled_where_none_is_kept():
    stages = StandInStages()
    transfer(stages, Transfer(source(), (WALKING,), background=Background("transparent")))
    assert "plate" not in stages.calls
