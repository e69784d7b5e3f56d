"""The colours of coloured OpenPose pictures (the COCO-18 rendering of CMU's OpenPose). Data only.

Joints are drawn in 18 pure hues, limbs in the same hues at 60% brightness: a limb carries the colour of its place in
the list, not of its joints.
"""

from pose.skeleton import BIPED

Colour = tuple[int, int, int]

HUES: tuple[Colour, ...] = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0),
    (0, 255, 0), (0, 255, 85), (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255),
    (0, 0, 255), (85, 0, 255), (170, 0, 255), (255, 0, 255), (255, 0, 170), (255, 0, 85),
)  # fmt: skip

LIMB_BRIGHTNESS = 0.6

JOINT_COLOURS: dict[str, Colour] = dict(zip(BIPED.joints[: BIPED.core], HUES, strict=True))

LIMBS: tuple[tuple[tuple[str, str], Colour], ...] = tuple(
    zip(
        (
            ("neck", "r_shoulder"), ("neck", "l_shoulder"), ("r_shoulder", "r_elbow"), ("r_elbow", "r_wrist"),
            ("l_shoulder", "l_elbow"), ("l_elbow", "l_wrist"), ("neck", "r_hip"), ("r_hip", "r_knee"),
            ("r_knee", "r_ankle"), ("neck", "l_hip"), ("l_hip", "l_knee"), ("l_knee", "l_ankle"),
            ("neck", "nose"), ("nose", "r_eye"), ("r_eye", "r_ear"), ("nose", "l_eye"), ("l_eye", "l_ear"),
        ),
        HUES[:17],
        strict=True,
    )
)  # fmt: skip
