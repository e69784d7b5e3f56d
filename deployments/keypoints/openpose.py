"""Reads coloured OpenPose pictures: the joints' discs by hue, joined by the limbs' colours. Exact to a pixel or so.

Knows the palette and nothing else: no network. Discs are 18 pure hues 20 degrees apart, limbs the same hues at 60%
brightness. Discs of one person are joined as Cao et al. 2017 join parts: a pair of discs is a limb if the limb's
colour runs all the way between them. So hands' dots and lines (the same hues) are not taken for joints. Pictures
with red and blue exchanged are read too; white or dark plain backgrounds do not matter.

Convention: pixels, x right, y down, pixel centres at .5.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from deployments.openpose.palette import HUES, LIMBS
from pose.figure import Reading
from pose.pose import Pose, View
from pose.skeleton import BIPED

BRIGHT = 204
DIM = 70
SATURATED = 165
BACKGROUND_DISTANCE = 45
LEAST_LIMBS = 3
LEAST_EXPLAINED = 0.5
GLANCE, GLANCE_MARGIN = 512, 0.15
LIMB_SUPPORT = 0.45
LIMB_GAPS = 0.12
_NEAREST = (np.round(np.arange(256) * (len(HUES) / 256)) % len(HUES)).astype(np.int8)
"""Row of HUES of each hue of OpenCV's full-range HSV."""


@dataclass(frozen=True)
class Palette:
    """A picture seen through the palette: hue (H, W) int8 row of HUES or -1; bright, drawn (H, W) bool."""

    hue: NDArray[np.int8]
    bright: NDArray[np.bool_]
    drawn: NDArray[np.bool_]


@dataclass(frozen=True)
class Disc:
    """A blob of a joint's hue."""

    joint: int
    centre: NDArray[np.float64]
    area: int


@dataclass(frozen=True)
class Limb:
    """Two discs with their limb's colour between them; `support` is the share of the way that carries it."""

    start: Disc
    end: Disc
    support: float


def read_openpose(picture: NDArray[np.uint8]) -> list[Reading]:
    """The people of a coloured OpenPose picture (H, W, 3 or 4), largest first; empty if it is none."""
    rgb = _over_black(picture)
    step = max(1, max(rgb.shape[:2]) // GLANCE)
    if _explained(_through_palette(np.ascontiguousarray(rgb[::step, ::step]))) < LEAST_EXPLAINED - GLANCE_MARGIN:
        return []
    readings = _read(rgb) or _read(np.ascontiguousarray(rgb[..., ::-1]))
    return sorted(readings, key=lambda reading: -_area(reading.box))


def _read(rgb: NDArray[np.uint8]) -> list[Reading]:
    seen = _through_palette(rgb)
    if _explained(seen) < LEAST_EXPLAINED:
        return []
    discs = _discs(seen)
    people = [person for person in _people(_limbs(seen, discs)) if len(person) > LEAST_LIMBS]
    if len(people) == 1:
        people[0].update(_lone(discs, people[0]))
    return [_reading(seen, person) for person in people]


def _through_palette(rgb: NDArray[np.uint8]) -> Palette:
    hsv = cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV_FULL)
    coloured = (hsv[..., 1] >= SATURATED) & (hsv[..., 2] >= DIM)
    border = np.concatenate([rgb[0], rgb[-1], rgb[:, 0], rgb[:, -1]])
    background = np.median(border, axis=0).astype(np.uint8)
    drawn = np.any(cv2.absdiff(rgb, np.broadcast_to(background, rgb.shape).copy()) > BACKGROUND_DISTANCE, axis=2)
    hue = np.where(coloured & drawn, _NEAREST[hsv[..., 0]], np.int8(-1))
    return Palette(hue, (hue >= 0) & (hsv[..., 2] >= BRIGHT), np.asarray(drawn))


def _explained(seen: Palette) -> float:
    """Share of what is drawn that has the palette's hues; 0 where too much is drawn for a skeleton."""
    share = seen.drawn.mean()
    return float((seen.hue >= 0).sum() / seen.drawn.sum()) if 0 < share < 0.5 else 0.0


def _discs(seen: Palette) -> list[Disc]:
    """Compact bright blobs of each hue."""
    discs = []
    rows, columns = np.nonzero(seen.bright)
    hues = seen.hue[rows, columns]
    for joint in np.unique(hues):
        y, x = rows[hues == joint], columns[hues == joint]
        corner = np.array((x.min(), y.min()))
        mask = np.zeros((np.ptp(y) + 1, np.ptp(x) + 1), np.uint8)
        mask[y - corner[1], x - corner[0]] = 1
        _, _, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
        for (_, _, width, height, area), centre in zip(stats[1:], centres[1:], strict=True):
            if area >= 4 and area >= 0.3 * width * height and max(width, height) <= 4 * min(width, height):
                discs.append(Disc(int(joint), centre + corner + 0.5, int(area)))
    return discs


def _limbs(seen: Palette, discs: list[Disc]) -> list[Limb]:
    """For each limb of the palette the best pairing of its discs, one to one."""
    limbs = []
    for hue, ((start, end), _) in enumerate(LIMBS):
        starts = [disc for disc in discs if disc.joint == BIPED.index[start]]
        ends = [disc for disc in discs if disc.joint == BIPED.index[end]]
        if not starts or not ends:
            continue
        support = np.array([[_support(seen, a, b, hue) for b in ends] for a in starts])
        weight = support * np.sqrt([[min(a.area, b.area) for b in ends] for a in starts])
        for i, j in zip(*linear_sum_assignment(-weight), strict=True):
            if support[i, j] >= LIMB_SUPPORT:
                limbs.append(Limb(starts[i], ends[j], float(support[i, j])))
    return limbs


def _support(seen: Palette, start: Disc, end: Disc, hue: int) -> float:
    """Share of the way between two discs in the limb's colour; 0 where background shows. Crossings do not count."""
    length = float(np.hypot(*(end.centre - start.centre)))
    along = (np.arange(max(int(length), 3)) + 0.5) / max(int(length), 3)
    margins = [1.2 * np.sqrt(disc.area / np.pi) / max(length, 1) for disc in (start, end)]
    inner = along[(along > margins[0]) & (along < 1 - margins[1])]
    if not len(inner):
        return 0.5 if length < 4 * np.sqrt(start.area / np.pi) else 0.0
    points = start.centre + inner[:, None] * (end.centre - start.centre)
    x, y = np.floor(points).astype(int).T
    own = (seen.hue[y, x] == hue) & ~seen.bright[y, x]
    if (~seen.drawn[y, x]).mean() > LIMB_GAPS:
        return 0.0
    return float(own.mean())


def _people(limbs: list[Limb]) -> list[dict[int, Disc]]:
    """Limbs that share discs make a person: {joint: disc}. The better supported limb wins where two claim a joint."""
    people: list[dict[int, Disc]] = []
    for limb in sorted(limbs, key=lambda limb: -limb.support):
        pair = {limb.start.joint: limb.start, limb.end.joint: limb.end}
        touching = [person for person in people if any(person.get(joint) is disc for joint, disc in pair.items())]
        merged = dict(pair)
        if all(other.get(joint, disc) is disc for other in touching for joint, disc in pair.items()) and _disjoint(
            touching
        ):
            for person in touching:
                merged.update(person)
                people = [other for other in people if other is not person]
            people.append(merged)
    return people


def _disjoint(people: list[dict[int, Disc]]) -> bool:
    return len(people) < 2 or not people[0].keys() & people[1].keys()


def _lone(discs: list[Disc], person: dict[int, Disc]) -> dict[int, Disc]:
    """Joints drawn without a limb (its other end is missing): the only disc of its hue, of the same size."""
    usual = float(np.median([disc.area for disc in person.values()]))
    alone = {}
    for joint in range(len(HUES)):
        same = [disc for disc in discs if disc.joint == joint and 0.7 * usual < disc.area < 1.4 * usual]
        if joint not in person and len(same) == 1:
            alone[joint] = same[0]
    return alone


def _reading(seen: Palette, person: dict[int, Disc]) -> Reading:
    height, width = seen.hue.shape
    points = np.zeros((len(BIPED.joints), 2), np.float32)
    scores = np.zeros(len(BIPED.joints), np.float32)
    usual = float(np.median([disc.area for disc in person.values()]))
    for joint, disc in person.items():
        hidden = disc.area < 0.85 * usual
        points[joint] = _recentred(seen, disc, np.sqrt(usual / np.pi)) if hidden else disc.centre
        scores[joint] = 1.0
    pose = Pose(points, scores, width, height, view=_view(person))
    low, high = points[scores > 0].min(0), points[scores > 0].max(0)
    return Reading(pose, "openpose", "openpose", 1.0, (float(low[0]), float(low[1]), float(high[0]), float(high[1])))


def _recentred(seen: Palette, disc: Disc, radius: float) -> NDArray[np.float64]:
    """The centre of a disc that others partly hide: where a whole one best covers its pixels and only brighter ones."""
    reach = int(np.ceil(2 * radius))
    (x, y), (height, width) = np.floor(disc.centre).astype(int), seen.hue.shape
    y0, y1, x0, x1 = max(y - reach, 0), min(y + reach + 1, height), max(x - reach, 0), min(x + reach + 1, width)
    own = (seen.hue[y0:y1, x0:x1] == disc.joint) & seen.bright[y0:y1, x0:x1]
    bare = ~seen.bright[y0:y1, x0:x1]
    rows, columns = np.mgrid[y0:y1, x0:x1] + 0.5
    steps = np.arange(-radius, radius + 0.1, 0.5)
    best, centre = -np.inf, disc.centre
    for shift in (np.array((dx, dy)) for dx in steps for dy in steps):
        cx, cy = disc.centre + shift
        inside = (columns - cx) ** 2 + (rows - cy) ** 2 <= radius**2
        value = float((own & inside).sum() - (bare & inside).sum()) - 0.05 * float(np.hypot(*shift))
        if value > best:
            best, centre = value, disc.centre + shift
    return centre


def _view(person: dict[int, Disc]) -> View:
    """Back where the character's right shoulder is at the viewer's right and no eye is drawn; else front."""
    right, left = person.get(BIPED.index["r_shoulder"]), person.get(BIPED.index["l_shoulder"])
    eyes = any(BIPED.index[name] in person for name in ("r_eye", "l_eye", "nose"))
    crossed = right is not None and left is not None and right.centre[0] > left.centre[0]
    return "back" if crossed and not eyes else "front"


def _over_black(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if picture.shape[2] == 3:
        return picture
    alpha = picture[..., 3:].astype(np.uint16)
    return (picture[..., :3] * alpha // 255).astype(np.uint8)


def _area(box: tuple[float, float, float, float]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
