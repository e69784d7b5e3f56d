"""What is padded how far, that answers come back at the size that was given, and what is run elsewhere."""

import pytest
import torch
from torch import Tensor

from deployments.backends.padding import Padded, size_of
from deployments.signature import Port, Signature

SIGNATURE = Signature(
    network="mixed",
    weights="mixed",
    inputs=(
        Port("points", lambda h, w: (3, 2)),
        Port("coarse", lambda h, w: (1, h // 2, w // 2)),
        Port("picture", lambda h, w: (2, h + 6, w + 6)),
    ),
    outputs=(Port("enlarged", lambda h, w: (2, 2 * h, 2 * w)), Port("mean", lambda h, w: (3,))),
    buckets=((8, 8), (8, 16)),
    batch=4,
)


def inputs(height, width, batch=1):
    torch.manual_seed(batch)
    return (
        torch.rand(batch, 3, 2),
        torch.rand(batch, 1, height // 2, width // 2),
        torch.rand(batch, 2, height + 6, width + 6),
    )


class Recorder:
    """A run of one bucket: keeps the shapes it was given, and answers what a sound network would."""

    def __init__(self) -> None:
        self.seen: list[list[tuple[int, ...]]] = []
        self.given: list[Tensor] = []

    def __call__(self, tensors):
        self.seen.append([tuple(tensor.shape) for tensor in tensors])
        self.given = list(tensors)
        points, _, picture = tensors
        inner = picture[..., 3:-3, 3:-3]
        return [inner.repeat_interleave(2, 2).repeat_interleave(2, 3), points.mean(2)]


def padded(**settings):
    runs = {bucket: Recorder() for bucket in SIGNATURE.buckets}
    return Padded(SIGNATURE, runs, lambda *tensors: "elsewhere", **settings), runs


@pytest.mark.parametrize("size", [(8, 8), (6, 10), (40, 2)])
def test_the_size_is_read_off_the_ports(size) -> None:
    assert size_of(SIGNATURE, inputs(*size)) == size


def test_a_picture_is_padded_at_the_right_and_bottom_and_its_answer_cut_back() -> None:
    call, runs = padded()
    points, coarse, picture = inputs(6, 10)
    answer = call(points, coarse, picture)
    (run,) = [run for bucket, run in runs.items() if bucket == (8, 16)]
    assert run.seen == [[(1, 3, 2), (1, 1, 4, 8), (1, 2, 14, 22)]]
    assert torch.equal(run.given[2][..., :12, :16], picture)
    assert run.given[2][..., 12:, :].abs().max() == run.given[2][..., 16:].abs().max() == 0
    assert answer["enlarged"].shape == (1, 2, 12, 20)
    assert torch.equal(answer["enlarged"][..., ::2, ::2], picture[..., 3:-3, 3:-3])
    assert torch.equal(answer["mean"], points.mean(2))


@pytest.mark.parametrize(("rows", "ran"), [(1, [1]), (2, [2]), (3, [4]), (4, [4]), (5, [4, 1]), (7, [4, 4])])
def test_batches_are_filled_up_and_split(rows, ran) -> None:
    call, runs = padded(batches=(1, 2, 4))
    given = inputs(8, 8, rows)
    answer = call(*given)
    assert [shapes[0][0] for shapes in runs[8, 8].seen] == ran
    assert torch.equal(answer["mean"], given[0].mean(2))


def test_a_missing_row_repeats_the_last() -> None:
    call, runs = padded(batches=(4,))
    given = inputs(8, 8, 3)
    call(*given)
    assert torch.equal(runs[8, 8].given[0][3], given[0][2])


def test_open_batches_are_split_at_the_signatures_largest_only() -> None:
    call, runs = padded()
    call(*inputs(8, 8, 7))
    assert [shapes[0][0] for shapes in runs[8, 8].seen] == [4, 3]


def test_what_no_bucket_holds_runs_elsewhere() -> None:
    call, _ = padded()
    assert call(*inputs(10, 8)) == "elsewhere"


def test_a_network_that_does_not_bear_padding_takes_its_buckets_alone() -> None:
    call, runs = padded(to_buckets=False)
    assert call(*inputs(6, 8)) == "elsewhere"
    assert call(*inputs(8, 16))["enlarged"].shape == (1, 2, 16, 32)
    assert len(runs[8, 16].seen) == 1


@pytest.mark.parametrize("at", [0, 1, 2])
def test_tensors_that_do_not_go_together_are_refused(at) -> None:
    call, _ = padded()
    given = list(inputs(8, 8))
    given[at] = torch.cat([given[at], given[at][..., :2]], -1)
    with pytest.raises(ValueError, match=r"'mixed' expected .* got"):
        call(*given)


def test_batches_that_differ_are_refused() -> None:
    call, _ = padded()
    points, coarse, picture = inputs(8, 8)
    with pytest.raises(ValueError, match=r"batches \[2, 1, 1\]"):
        call(points.repeat(2, 1, 1), coarse, picture)
