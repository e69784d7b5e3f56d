"""What it costs a restored picture to differ from the truth, and how wrong a warp is. Knows tensors only.

Convention: pictures are premultiplied RGBA in 0..1, (B, 4, H, W), judged on mid-grey; weights (B, 1, H, W).
"""

import torch
from torch import Tensor
from torch.nn import functional as F

WRONG = 0.06
OUTSIDE = 0.08
SSIM_STRIDE = 2


def on_grey(picture: Tensor) -> Tensor:
    """(B, 4, H, W) -> (B, 3, H, W) on mid-grey."""
    return picture[:, :3] + (1 - picture[:, 3:]) * 0.5


def wrong(copied: Tensor, truth: Tensor) -> Tensor:
    """(B, 1, H, W) in 0..1: whether the untouched warp is off by more than WRONG in any channel."""
    return ((copied - truth).abs().amax(1, keepdim=True) > WRONG).float()


def restoration_loss(out: dict[str, Tensor], copied: Tensor, truth: Tensor, band: Tensor) -> tuple[Tensor, dict]:
    """The loss of a network's answer, weighted to the band (B, 1, H, W), and its parts for the log.

    L1 and squared error on grey, L1 of alpha, of gradients at two scales, structural dissimilarity, and the doubt
    as a classification of where the warp is wrong.
    """
    clean = out["clean"]
    weight = OUTSIDE * (truth[:, 3:] + copied[:, 3:]).clamp(max=1) + band
    seen, wanted = on_grey(clean), on_grey(truth)
    parts = {
        "l1_loss": _mean((seen - wanted).abs(), weight),
        "square_loss": _mean((seen - wanted).square(), weight),
        "alpha_loss": _mean((clean[:, 3:] - truth[:, 3:]).abs(), weight),
        "gradient_loss": _gradients(seen, wanted, weight),
        "structure_loss": _mean(1 - similarity(seen, wanted), F.avg_pool2d(weight, 1, SSIM_STRIDE)),
        "doubt_loss": _mean(
            F.binary_cross_entropy_with_logits(out["doubt"], wrong(copied, truth), reduction="none"), weight
        ),
    }
    scale = {"square_loss": 4.0, "alpha_loss": 0.5, "structure_loss": 0.8, "doubt_loss": 0.2}
    total = torch.stack([value * scale.get(name, 1.0) for name, value in parts.items()]).sum()
    return total, {name: float(value.detach()) for name, value in parts.items()}


def similarity(a: Tensor, b: Tensor, window: int = 7, stride: int = SSIM_STRIDE) -> Tensor:
    """(B, 1, H / stride, W / stride) structural similarity of the channels' mean, by box windows (Wang et al. 2004),
    for the loss; windows at every `stride`-th pixel overlap enough to see every edge."""
    a, b = a.mean(1), b.mean(1)
    moments = torch.stack([a, b, a * a, b * b, a * b], 1).contiguous()
    means = F.avg_pool2d(moments, window, stride, window // 2, count_include_pad=False)
    ma, mb, aa, bb, ab = means.split(1, 1)
    va, vb, cov = aa - ma * ma, bb - mb * mb, ab - ma * mb
    c1, c2 = 0.01**2, 0.03**2
    return (2 * ma * mb + c1) * (2 * cov + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2))


def _gradients(a: Tensor, b: Tensor, weight: Tensor) -> Tensor:
    total, error = a.new_zeros(()), a - b
    for _ in range(2):
        total = total + _mean(_dx(error).abs(), weight[..., :, 1:]) + _mean(_dy(error).abs(), weight[..., 1:, :])
        error, weight = F.avg_pool2d(error, 2), F.avg_pool2d(weight, 2)
    return total / 4


def _dx(x: Tensor) -> Tensor:
    return x[..., :, 1:] - x[..., :, :-1]


def _dy(x: Tensor) -> Tensor:
    return x[..., 1:, :] - x[..., :-1, :]


def _mean(x: Tensor, weight: Tensor) -> Tensor:
    return (x * weight).sum() / (weight.sum() * x.shape[1] + 1e-3)
