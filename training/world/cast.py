"""Puts designed characters into poses and onto canvases, and draws their primitives. Knows no tensors."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from training.world.bodies import draw_body
from training.world.crowns import draw_crown
from training.world.designs import Design, random_design
from training.world.drawing import Drawing
from training.world.families import FAMILIES
from training.world.hair import draw_hair
from training.world.heads import draw_head
from training.world.limbs import draw_arm, draw_leg
from training.world.posed import Posed
from training.world.poses import ACTIVE, RESTING, ROW, STANDING, Stance, joints, random_stance
from training.world.props import draw_held
from training.world.shells import draw_shell
from training.world.skirts import draw_gathered_skirt, is_skirt
from training.world.sleeves import draw_sleeved_arm
from training.world.torsos import draw_skirt, draw_torso
from training.world.tresses import draw_tresses, has_locks
from training.world.trousers import draw_clothed_leg, wears_tucked
from training.world.wardrobe import Wardrobe

RESTS = 0.25
"""Share of first poses with arms on the body or crossed legs, in families with wardrobes."""
VIEWS = ((0.62, 0.0, 18.0), (0.86, 20.0, 50.0), (1.0, 60.0, 88.0))
"""Shares (cumulative) of front, three-quarter and side views there, with their turns in degrees."""


@dataclass(frozen=True)
class Actor:
    """One character with its poses placed on canvases."""

    design: Design
    posed: tuple[Posed, ...]
    wobble: float
    block: int

    @staticmethod
    def random(
        name: str,
        poses: int,
        size: int,
        span: tuple[float, float],
        truncated: float,
        standing: float,
        turned: float,
        sources: tuple[str, ...],
        rng: np.random.Generator,
    ) -> "Actor":
        family = FAMILIES[name]
        design = random_design(family, rng)
        yaw = float(np.clip(rng.normal(0, 14), -35, 35))
        if rng.random() < turned:
            yaw = float(rng.choice([-1, 1]) * rng.uniform(35, 80))
        if family.rich > 0 and poses > 1:
            yaw = _view(rng)
        stances = []
        for k in range(poses):
            menu = sources if k == 0 and rng.random() < standing else ACTIVE
            if family.rich > 0 and sources == STANDING and rng.random() < (RESTS if k == 0 else 0.3 * RESTS):
                menu = RESTING
            stance = random_stance(rng, menu, float(yaw + np.clip(rng.normal(0, 6), -12, 12) * (k > 0)))
            stances.append(_steady(stance, rng) if design.wardrobe is not None else stance)
        bodies = [joints(design.proportions, stance) for stance in stances]
        turns = [(stance.yaw, stance.head_yaw) for stance in stances]
        posed = _placed(design, bodies, turns, size, span, truncated, rng)
        wobble = float(rng.uniform(*family.wobble))
        block = max(round(float(rng.uniform(*family.pixel)) * size), 2) if family.pixel[1] > 0 else 1
        return Actor(design, posed, wobble, block)

    def parts_back_to_front(self, posed: Posed) -> list[str]:
        """The parts' draw order in one pose, from depths."""
        key = {"held": -10.0, "hair": -9.0, "torso": 0.0, "skirt": 1.0, "head": 3.0}
        if self.design.hair in ("tails", "pony") and self.design.numbers[13] > 0.4:
            key["hair"] = 2.5
        if self.design.body == "bean":
            key["hair"] = -0.5
        for side in "rl":
            wrist, elbow, knee = (posed.depth[ROW[f"{side}_{j}"]] for j in ("wrist", "elbow", "knee"))
            near = 0.5 * (wrist + elbow)
            key[f"{side}_arm"] = (5.0 - near) if near < 0.06 else -5.0 - near
            key[f"{side}_leg"] = (2.0 - knee) if knee < -0.16 and self.design.skirt == "none" else -3.0 - knee
        if self.design.held not in ("none", "tail"):
            arm = key["rl"[self.design.held_side] + "_arm"]
            key["held"] = arm + (0.01 if self.design.numbers[14] > 0.5 else -0.01)
        if self.design.wardrobe is not None:
            key |= self._rich_places(self.design.wardrobe, posed, key)
        return sorted(key, key=lambda part: key[part])

    def _rich_places(self, wear: Wardrobe, posed: Posed, key: dict[str, float]) -> dict[str, float]:
        """Where hair lies over shoulders, arms lie on the body, and what hangs on the back lies behind the legs."""
        places = {}
        if wear.hair in ("pony", "tails"):
            places["hair"] = 2.5 if wear.numbers[13] > 0.5 else -9.0
        elif wear.hair in ("braids", "drape"):
            places["hair"] = 5.12 if wear.hair == "drape" else 2.5
        elif self.design.body != "bean":
            places["hair"] = -9.0
        if has_locks(wear):
            places["head"] = 5.11
        for side in "rl":
            knee = posed.depth[ROW[f"{side}_knee"]]
            if wear.behind in ("cape", "cloak", "pack") or wears_tucked(wear):
                places[f"{side}_leg"] = 0.5 - knee
            elif is_skirt(wear) or wear.over in ("coat", "apron"):
                places[f"{side}_leg"] = -3.0 - knee
        return places


def drawn(design: Design, posed: Posed, picture: int) -> Drawing:
    """The primitives of one character in one pose."""
    drawing = Drawing(design.look, picture)
    if design.wardrobe is not None:
        _drawn_richly(drawing, design, design.wardrobe, posed)
        return drawing
    draw_torso(drawing, design, posed)
    draw_head(drawing, design, posed)
    draw_hair(drawing, design, posed)
    for side in "rl":
        draw_arm(drawing, design, posed, side)
        draw_leg(drawing, design, posed, side)
    draw_skirt(drawing, design, posed)
    draw_held(drawing, design, posed)
    return drawing


def _drawn_richly(drawing: Drawing, design: Design, wear: Wardrobe, posed: Posed) -> None:
    if wear.shell != "none":
        draw_shell(drawing, design, wear, posed)
    elif design.body == "bean":
        draw_torso(drawing, design, posed)
    else:
        draw_body(drawing, design, wear, posed)
    draw_crown(drawing, design, wear, posed)
    if design.body != "bean":
        draw_tresses(drawing, design, wear, posed)
        draw_gathered_skirt(drawing, design, wear, posed)
    for side in "rl":
        draw_sleeved_arm(drawing, design, wear, posed, side)
        draw_clothed_leg(drawing, design, wear, posed, side)
    draw_held(drawing, design, posed)


def _view(rng: np.random.Generator) -> float:
    """Degrees by which a character is turned in all its poses."""
    pick = rng.random()
    low, high = next((low, high) for share, low, high in VIEWS if pick <= share)
    return float(rng.choice([-1, 1]) * rng.uniform(low, high))


def _steady(stance: Stance, rng: np.random.Generator) -> Stance:
    """Feet that point forwards, a little out, and a head that looks about where the body does."""
    a, b = rng.uniform(8, 50, 2)
    return replace(stance, foot_out=(float(a), float(b)), head_yaw=float(0.8 * stance.head_yaw))


def _placed(
    design: Design,
    bodies: list[NDArray[np.float64]],
    turns: list[tuple[float, float]],
    size: int,
    span: tuple[float, float],
    truncated: float,
    rng: np.random.Generator,
) -> tuple[Posed, ...]:
    """Puts the poses on canvases at one scale, inside them; or cut by the border, or rolled, where there is one."""
    roll = float(rng.normal(0, 8)) if len(bodies) == 1 and rng.random() < 0.3 else 0.0
    c, s = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    bodies = [body @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1.0]]) for body in bodies]
    cut = rng.random() < truncated
    boxes = [_box(design, body) for body in bodies]
    tallest = max(float(max(high - low)) for low, high in boxes)
    scale = min(rng.uniform(*span), 0.97 / tallest) * size
    if cut:
        body, p = bodies[0], design.proportions
        edge = body[[ROW["r_hip"], ROW["l_hip"]], 1].max() + rng.uniform(-0.2 * p.torso, 1.1 * p.thigh)
        scale = 0.97 * size / max(edge - boxes[0][0][1], 0.3)
    placed = []
    for body, (low, high), (yaw, head_yaw) in zip(bodies, boxes, turns, strict=True):
        room = size - scale * (high - low)
        offset = rng.uniform(0.05, 0.95, 2) * room
        if cut:
            middle = scale * (body[ROW["neck"]][0] - low[0])
            offset = np.array([size * rng.uniform(0.4, 0.6) - middle, rng.uniform(0.0, 0.03) * size])
        points = (body[:, :2] - low) * scale + offset
        placed.append(Posed(points, body[:, 2], scale, yaw, head_yaw))
    return tuple(placed)


def _box(design: Design, body: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bounding box of the drawn figure in body heights, a little generous."""
    limb = 1.2 * max(*design.arm, *design.leg, 0.03)
    low, high = body[:, :2].min(0) - limb, body[:, :2].max(0) + limb
    centre = 0.5 * (body[ROW["r_ear"]] + body[ROW["l_ear"]])[:2]
    radius = design.proportions.skull * 1.2
    top = body[ROW["head_top"]][1] - (0.12 if design.hat != "none" else 0.02)
    if design.ears == "rabbit":
        top -= 0.7 * design.proportions.head
    low = np.minimum(low, [centre[0] - radius, top])
    return low, np.maximum(high, [centre[0] + radius, low[1] + 0.1])
