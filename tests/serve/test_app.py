"""The composition root without a cluster: what it refuses, and what the settings become."""

import pytest

from pose.errors import InvalidInput, WeightsError
from serve.app import _last_line, _scaling, build_app
from serve.settings import Stage


@pytest.fixture
def whole_weights(monkeypatch):
    monkeypatch.setattr("serve.app.check_weights", lambda directory: {"pose": "0" * 64})


def test_unknown_settings_are_refused(whole_weights):
    with pytest.raises(InvalidInput, match="denoizer"):
        build_app({"denoizer": {}})


def test_a_missing_interpreter_is_refused(whole_weights):
    with pytest.raises(InvalidInput, match="run make install"):
        build_app({"blazepose_python": "/none/python"})


def test_missing_weights_are_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("CONTRAPPOSTO_WEIGHTS", str(tmp_path))
    with pytest.raises(WeightsError, match="CONTRAPPOSTO_WEIGHTS"):
        build_app({})


def test_equal_bounds_are_a_fixed_count_and_others_scale():
    assert _scaling(Stage(min_replicas=2, max_replicas=2)) == {"num_replicas": 2}
    scaling = _scaling(Stage(max_replicas=4, target_ongoing_requests=1.5))
    assert scaling["autoscaling_config"] == {"min_replicas": 1, "max_replicas": 4, "target_ongoing_requests": 1.5}


def test_a_stages_own_words_are_found_in_its_traceback():
    told = "replica died\nTraceback:\n  File x\npose.errors.WeightsError: weights 'pose' do not fit.\nmore below\n"
    assert _last_line(told) == "pose.errors.WeightsError: weights 'pose' do not fit."
    assert _last_line("") == "no reason was given"
