"""Our engine against the library's own pipeline, on a tiny random checkpoint: number for number."""

import pickle
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from deployments.checkpoints.opening import Checkpoint
from deployments.denoiser.checkpoint import qwen
from deployments.denoiser.checkpoint.painting import Painting, Sampling
from deployments.denoiser.checkpoint.qwen import PROMPT, QwenPainter, guided, open_painter, pictures
from deployments.denoiser.checkpoint.saved import tensors
from deployments.denoiser.checkpoint.stepping import stepping
from deployments.denoiser.engine.caps import Caps
from deployments.denoiser.engine.engine import Engine, Handle
from deployments.denoiser.engine.slots import OutOfMemory
from pose.errors import InvalidInput, NotFinite, Overloaded
from tests.deployments.denoiser.checkpoint.paintings import reusing_much
from tests.deployments.denoiser.checkpoint.tiny_qwen import (
    GUIDED,
    changed,
    library_answer,
    opened,
    painting,
    save_tiny,
    small_areas,
)

PLAIN = Sampling(prompt="dance, monkey", steps=3, guidance=1.0)
CLOSE = 1e-4
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny(tmp_path_factory.mktemp("qwen"))


@pytest.fixture(scope="module", autouse=True)
def _small_areas() -> Iterator[None]:
    with small_areas():
        yield


@pytest.fixture(scope="module")
def painter(folder: Path) -> QwenPainter:
    return opened(folder)


@pytest.fixture(scope="module")
def drawing(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[QwenPainter, QwenPainter]:
    """Two replicas with a scheduler that draws noise at each step, so that generators matter."""
    scheduler = tmp_path_factory.mktemp("drawing") / "scheduler"
    shutil.copytree(folder / "scheduler", scheduler)
    changed(scheduler / "scheduler_config.json", stochastic_sampling=True)
    return opened(folder, scheduler=str(scheduler)), opened(folder, scheduler=str(scheduler))


def answer(painter: QwenPainter, asked: Painting, sampling: Sampling) -> NDArray[np.float32]:
    prompt = PROMPT if sampling is GUIDED else sampling.prompt
    result: NDArray[np.float32] = library_answer(painter.parts._pipeline, asked, sampling, prompt)
    return result


def result(engine: Engine, handle: Handle) -> NDArray[np.float32]:
    while engine.turn():
        pass
    done: NDArray[np.float32] = handle.future.result(0)
    return done


def painted(painter: QwenPainter, asked: Painting, **more: Any) -> NDArray[np.float32]:
    engine = Engine(painter, Caps(unmeasured=8))
    return result(engine, engine.submit(painter.job(asked, **more)))


@pytest.mark.parametrize("sampling", [GUIDED, PLAIN])
def test_alone_is_the_librarys_own(painter: QwenPainter, sampling: Sampling) -> None:
    asked = painting(seed=1)
    got = painted(painter, asked, sampling=sampling)
    assert got.shape == (48, 64, 3)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, answer(painter, asked, sampling), rtol=0, atol=CLOSE)


def test_time_zero_for_pictures_is_the_librarys_own(tmp_path: Path) -> None:
    still = opened(save_tiny(tmp_path, still=True))
    asked = painting(seed=2)
    np.testing.assert_allclose(painted(still, asked), answer(still, asked, GUIDED), rtol=0, atol=CLOSE)


def test_untold_of_pictures_it_is_the_librarys_own_too(folder: Path) -> None:
    """As diffusers has it, with the text encoder left to take pictures for words."""
    told, untold = opened(folder), opened(folder)
    untold.parts._pipeline.text_encoder._forward_pre_hooks.clear()
    asked = painting(seed=1)
    got = painted(untold, asked)
    np.testing.assert_allclose(got, answer(untold, asked, GUIDED), rtol=0, atol=CLOSE)
    assert np.abs(got - painted(told, asked)).max() > CLOSE


@pytest.mark.parametrize("reuse", [0.0, 1e-9])
def test_company_of_any_progress_changes_nothing(
    painter: QwenPainter, reuse: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Joined at different steps, of different step counts, guidance, texts and references' sizes."""
    together, step = [], painter.step
    monkeypatch.setattr(painter, "step", lambda states: (together.append(len(states)), step(states)))
    with_guidance, plain = (replace(each, reuse=reuse) for each in (GUIDED, PLAIN))
    asked = [painting(seed=seed) for seed in range(3)]
    asked[1] = replace(asked[1], reference=painting(seed=7).reference[:40, :40])
    engine = Engine(painter, Caps(unmeasured=8))
    handles = [engine.submit(painter.job(asked[0], sampling=with_guidance))]
    engine.turn()
    handles.append(engine.submit(painter.job(asked[1], steps=5, sampling=plain)))
    engine.turn()
    handles.append(engine.submit(painter.job(asked[2], steps=2, sampling=with_guidance)))
    got = [result(engine, handle) for handle in handles]
    assert together == [1, 2, 3, 3, 1, 1]
    wanted = [GUIDED, replace(PLAIN, steps=5), replace(GUIDED, steps=2, prompt=PROMPT)]
    for picture, each, sampling in zip(got, asked, wanted, strict=True):
        np.testing.assert_allclose(picture, answer(painter, each, sampling), rtol=0, atol=CLOSE)


def test_reusing_alone_is_reusing_in_company(painter: QwenPainter) -> None:
    deep: list[int] = []
    block = painter.parts.transformer.transformer_blocks[-1]
    hook = block.register_forward_pre_hook(
        lambda _, args, kwargs: deep.append(len(kwargs["hidden_states"])), with_kwargs=True
    )
    reusing = replace(painter, sampling=reusing_much(replace(GUIDED, steps=6), 1.2))
    asked = [painting(seed=seed) for seed in range(3)]
    alone = [painted(reusing, each) for each in asked]
    passes = sum(deep)
    engine = Engine(reusing, Caps(unmeasured=8))
    handles = [engine.submit(reusing.job(asked[0]))]
    engine.turn()
    handles.extend(engine.submit(reusing.job(each)) for each in asked[1:])
    together = [result(engine, handle) for handle in handles]
    hook.remove()
    assert passes < 3 * 6 * 2, "nothing was reused"
    assert sum(deep) == 2 * passes, "company changed a decision"
    np.testing.assert_allclose(together, alone, rtol=0, atol=CLOSE)
    assert np.abs(alone[0] - painted(painter, asked[0], steps=6)).max() > CLOSE, "reuse changed nothing"


def test_only_equal_shapes_share_a_step(painter: QwenPainter) -> None:
    key = painter.job(painting()).key
    assert painter.job(painting(seed=4), steps=9).key == key
    assert painter.job(painting(64, 48)).key != key
    wide = replace(painting(), reference=np.zeros((40, 80, 3), np.uint8))
    assert painter.job(wide).key != key, "a reference of another aspect has another shape"


def test_rows_are_two_with_guidance(painter: QwenPainter) -> None:
    assert painter.job(painting()).rows == 2
    assert painter.job(painting(), sampling=PLAIN).rows == 1


def test_goes_on_elsewhere_to_the_last_bit(painter: QwenPainter, drawing: tuple[QwenPainter, QwenPainter]) -> None:
    here, there = drawing
    assert here.sha256 == there.sha256 != painter.sha256
    asked = painting(seed=5)
    engine = Engine(here, Caps(unmeasured=8))
    handle = engine.submit(here.job(asked))
    engine.turn()
    engine.turn()
    saved = pickle.loads(pickle.dumps(engine.saved(handle)))
    wanted = result(engine, handle)
    assert saved["done"] == 2
    np.testing.assert_array_equal(painted(there, asked, saved=saved), wanted)
    assert np.abs(painted(painter, asked) - wanted).max() > CLOSE


def test_what_was_saved_of_another_painting_starts_over(painter: QwenPainter, caplog: pytest.LogCaptureFixture) -> None:
    state = painter.start(painter.job(painting(seed=5)))
    painter.step([state])
    saved = painter.save(state)
    assert painter.start(painter.job(painting(seed=5), saved=saved)).done == 1
    assert not caplog.records
    others: list[tuple[int, dict[str, Any]]] = [(6, {}), (5, {"steps": 9}), (5, {"sampling": PLAIN})]
    for seed, more in others:
        assert painter.start(painter.job(painting(seed=seed), saved=saved, **more)).done == 0
    assert len(caplog.records) == 3


def test_half_precision_is_saved_to_the_bit_and_without_torch(folder: Path) -> None:
    narrow = open_painter(Checkpoint(str(folder)), GUIDED, CPU, torch.bfloat16)
    state = narrow.start(narrow.job(painting(seed=5)))
    narrow.step([state])
    saved = narrow.save(state)
    assert all(isinstance(saved[name]["values"], np.ndarray) for name in ("latents", "generator"))
    again = narrow.start(narrow.job(painting(seed=5), saved=pickle.loads(pickle.dumps(saved))))
    assert again.latents.dtype == torch.bfloat16
    assert torch.equal(again.latents, state.latents)


def test_a_step_is_waited_for(painter: QwenPainter, monkeypatch: pytest.MonkeyPatch) -> None:
    around: list[torch.device] = []

    def told(device: torch.device) -> AbstractContextManager[None]:
        around.append(device)
        return stepping(device)

    monkeypatch.setattr(qwen, "stepping", told)
    painter.step([painter.start(painter.job(painting()))])
    assert around == [CPU]


def test_what_has_no_meaning_here_is_told(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    opened(folder)
    assert not caplog.records
    open_painter(Checkpoint(str(folder)), replace(GUIDED, strength=0.5, control_scale=1.0), CPU, torch.float32)
    (record,) = caplog.records
    assert "control_scale, strength was set" in record.getMessage()


def test_a_neighbour_that_does_not_fit_changes_nothing(drawing: tuple[QwenPainter, QwenPainter]) -> None:
    """Though the first state had drawn its noise already."""
    painter, _ = drawing
    states = [painter.start(painter.job(painting(seed=seed))) for seed in range(2)]
    before = [painter.save(state) for state in states]

    def failing(*inputs: Any, **more: Any) -> Any:
        raise MemoryError

    states[1].scheduler.step = failing
    with pytest.raises(OutOfMemory):
        painter.step(states)
    for state, saved in zip(states, before, strict=True):
        assert painter.done(state) == 0
        assert painter.save(state)["done"] == saved["done"]
        for name, now in (("latents", state.latents), ("generator", state.generator.get_state())):
            assert torch.equal(now, tensors(saved[name], now.device))


def test_a_step_that_does_not_fit_changes_nothing(painter: QwenPainter, monkeypatch: pytest.MonkeyPatch) -> None:
    state = painter.start(painter.job(painting()))
    latents, generator, passes = state.latents.clone(), state.generator.get_state(), []
    forward = painter.parts.transformer.forward

    def failing(**inputs: Any) -> Any:
        passes.append(1)
        if len(passes) > 1:
            raise torch.OutOfMemoryError("no room")
        return forward(**inputs)

    monkeypatch.setattr(painter.parts.transformer, "forward", failing)
    with pytest.raises(OutOfMemory, match="no room"):
        painter.step([state])
    assert len(passes) == 2
    assert painter.done(state) == 0
    assert torch.equal(state.latents, latents)
    assert torch.equal(state.generator.get_state(), generator)


def test_what_no_smaller_batch_would_help_is_shed(painter: QwenPainter, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*inputs: Any, **more: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(painter.parts._pipeline.vae, "decode", failing)
    with pytest.raises(Overloaded, match="smaller"):
        painter.finish(painter.start(painter.job(painting())))


def test_not_finite_is_seen_and_refused(painter: QwenPainter) -> None:
    state = painter.start(painter.job(painting()))
    assert painter.sound(state)
    state.latents = state.latents * torch.nan
    assert not painter.sound(state)
    with pytest.raises(NotFinite, match="seed"):
        painter.finish(state)


@pytest.mark.parametrize(("height", "width"), [(48, 60), (44, 64), (0, 64)])
def test_a_canvas_off_the_grid_is_refused(painter: QwenPainter, height: int, width: int) -> None:
    off = replace(painting(), missing=np.zeros((height, width), bool))
    with pytest.raises(InvalidInput, match=r"multiples of 8, got .*; pad it"):
        painter.job(off)


def test_pictures_are_who_then_pose_then_draft() -> None:
    asked = painting()
    assert [id(picture) for picture in pictures(asked)] == [id(asked.reference), id(asked.skeleton), id(asked.picture)]


def test_guidance_keeps_each_tokens_length() -> None:
    wanted, unwanted = torch.randn(2, 1, 5, 8, generator=torch.Generator().manual_seed(0))
    mixed = guided(wanted, unwanted, 4.0)
    torch.testing.assert_close(mixed.norm(dim=-1), wanted.norm(dim=-1))
    assert torch.equal(guided(wanted, wanted, 4.0), wanted)


def test_a_vae_may_be_replaced(painter: QwenPainter, folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "vae", tmp_path / "vae")
    changed(tmp_path / "vae" / "config.json", latents_mean=[1.0, 1.0, 1.0, 1.0])
    other = opened(folder, vae=str(tmp_path / "vae"))
    assert other.sha256 != painter.sha256
    asked = painting(seed=6)
    got = painted(other, asked)
    np.testing.assert_allclose(got, answer(other, asked, GUIDED), rtol=0, atol=CLOSE)
    assert np.abs(got - painted(painter, asked)).max() > CLOSE
