"""The library's poses as joint angles: data only, read with the conventions of `pose.posture`.

Each name has the posture as it is in space; seen from a three-quarter, side or back view it is projected. Where the
frontal projection hides what happens (a stride towards the viewer), FRONT holds what an illustrator draws instead:
the same action laid into the picture's plane, so that a character that faces us can take it.
"""

from pose.pose import Contact
from pose.posture import Posture

BOTH_HIPS = (Contact("r_wrist", "hips"), Contact("l_wrist", "hips"))
BOTH_HEAD = (Contact("r_wrist", "head"), Contact("l_wrist", "head"))
BOTH_CHEST = (Contact("r_wrist", "chest"), Contact("l_wrist", "chest"))
STAND = Posture()

POSTURES: dict[str, Posture] = {
    "standing": STAND,
    "a_pose": Posture(
        r_arm=(38, 90), r_forearm=(38, 90), l_arm=(38, 90), l_forearm=(38, 90),
        r_thigh=(8, 90), r_shin=(6, 90), l_thigh=(8, 90), l_shin=(6, 90),
    ),
    "t_pose": Posture(
        r_arm=(90, 90), r_forearm=(90, 90), l_arm=(90, 90), l_forearm=(90, 90),
        r_thigh=(5, 90), r_shin=(4, 90), l_thigh=(5, 90), l_shin=(4, 90),
    ),
    "walking": Posture(
        pelvis=(3, 0, -6), chest=(2, 0, 12),
        r_arm=(30, 10), r_forearm=(58, -5), l_arm=(32, 170), l_forearm=(18, 140),
        l_thigh=(27, 5), l_shin=(12, 5), l_foot=(102, 5),
        r_thigh=(18, 175), r_shin=(46, 178), r_foot=(42, 0),
    ),
    "running": Posture(
        pelvis=(14, 0, -8), chest=(4, 0, 16),
        r_arm=(38, 15), r_forearm=(118, -15), l_arm=(62, 165), l_forearm=(40, 20),
        l_thigh=(68, 5), l_shin=(14, 175), l_foot=(88, 5),
        r_thigh=(16, 178), r_shin=(84, 180), r_foot=(18, 0),
    ),
    "marching": Posture(
        r_arm=(58, 8), r_forearm=(62, 0), l_arm=(34, 172), l_forearm=(34, 172),
        l_thigh=(88, 4), l_shin=(6, 0), l_foot=(70, 0),
    ),
    "sneaking": Posture(
        pelvis=(34, 0, 0), chest=(14, 0, 6), head=(-34, 0, 0),
        r_arm=(62, 18), r_forearm=(104, 10), r_hand=(70, 0), l_arm=(46, 40), l_forearm=(98, 10), l_hand=(60, 0),
        l_thigh=(66, 8), l_shin=(4, 0), l_foot=(62, 0),
        r_thigh=(12, 20), r_shin=(46, 180), r_foot=(42, 0),
    ),
    "sitting": Posture(
        r_arm=(16, 30), r_forearm=(66, 0), l_arm=(16, 30), l_forearm=(66, 0),
        r_thigh=(88, 12), r_shin=(2, 90), l_thigh=(88, 12), l_shin=(2, 90),
    ),
    "sitting_cross_legged": Posture(
        chest=(4, 0, 0), r_arm=(28, 40), r_forearm=(58, 25), l_arm=(28, 40), l_forearm=(58, 25),
        r_thigh=(80, 56), r_shin=(82, -62), r_foot=(80, -60), l_thigh=(80, 56), l_shin=(74, -44), l_foot=(80, -40),
    ),
    "kneeling": Posture(
        r_arm=(20, 25), r_forearm=(58, -20), l_arm=(12, 90), l_forearm=(14, 40),
        r_thigh=(88, 14), r_shin=(2, 90), l_thigh=(4, 60), l_shin=(86, 178), l_foot=(30, 0),
    ),
    "jumping": Posture(
        r_arm=(152, 70), r_forearm=(160, 60), l_arm=(152, 70), l_forearm=(160, 60), head=(-8, 0, 0),
        r_thigh=(48, 40), r_shin=(58, 165), r_foot=(38, 20), l_thigh=(30, 50), l_shin=(72, 170), l_foot=(25, 20),
        lift=0.16,
    ),
    "waving": Posture(
        head=(0, -6, 0), r_arm=(114, 44), r_forearm=(162, 50), r_hand=(158, 60), l_arm=(14, 90), l_forearm=(12, 60),
    ),
    "pointing": Posture(
        r_arm=(94, 14), r_forearm=(94, 10), l_arm=(14, 90), l_forearm=(12, 60), r_thigh=(8, 90), l_thigh=(6, 90),
    ),
    "arms_crossed": Posture(
        r_arm=(20, 40), r_forearm=(96, -66), r_hand=(100, -90), l_arm=(20, 40), l_forearm=(104, -60), l_hand=(110, -90),
        contacts=BOTH_CHEST,
    ),
    "hands_on_hips": Posture(
        r_arm=(46, 112), r_forearm=(44, -66), r_hand=(50, -40), l_arm=(46, 112), l_forearm=(44, -66), l_hand=(50, -40),
        r_thigh=(9, 90), r_shin=(6, 90), l_thigh=(9, 90), l_shin=(6, 90), contacts=BOTH_HIPS,
    ),
    "hands_on_hair": Posture(
        head=(0, 5, 0), pelvis=(0, -4, 0), chest=(0, 6, 0),
        r_arm=(140, 94), r_forearm=(106, -82), r_hand=(104, -90),
        l_arm=(140, 94), l_forearm=(106, -82), l_hand=(104, -90), contacts=BOTH_HEAD,
    ),
    "leaning": Posture(
        pelvis=(0, 12, 0), chest=(0, 5, 0), head=(0, -8, 0),
        l_arm=(84, 90), l_forearm=(96, 90), l_hand=(150, 90), r_arm=(40, 112), r_forearm=(46, -66), r_hand=(50, -40),
        r_thigh=(18, 90), r_shin=(16, 90), l_thigh=(10, -90), l_shin=(10, -90),
        contacts=(Contact("r_wrist", "hips"),),
    ),
    "twirling": Posture(
        pelvis=(0, 0, 14), chest=(0, -5, 10), head=(0, 6, -14),
        r_arm=(168, 60), r_forearm=(164, -70), l_arm=(84, 78), l_forearm=(74, 60), l_hand=(95, 80),
        r_thigh=(2, 90), r_shin=(2, 90), r_foot=(32, 20), l_thigh=(52, 74), l_shin=(48, -92), l_foot=(38, -60),
    ),
    "dancing": Posture(
        pelvis=(-4, -9, 0), chest=(-4, 16, 0), head=(0, -12, 0),
        r_arm=(128, 46), r_forearm=(160, -40), l_arm=(62, 128), l_forearm=(96, 70), l_hand=(110, 80),
        r_thigh=(6, 90), r_shin=(2, 90), l_thigh=(52, 26), l_shin=(14, 172), l_foot=(48, 20),
    ),
    "cheering": Posture(
        head=(-8, 0, 0), r_arm=(146, 88), r_forearm=(160, 88), l_arm=(146, 88), l_forearm=(160, 88),
        r_thigh=(11, 90), r_shin=(8, 90), l_thigh=(11, 90), l_shin=(8, 90),
    ),
    "thinking": Posture(
        head=(6, -8, -8), r_arm=(56, 12), r_forearm=(136, -126), r_hand=(140, -90),
        l_arm=(20, 50), l_forearm=(98, -72), l_hand=(100, -86),
        contacts=(Contact("r_wrist", "head"), Contact("l_wrist", "chest")),
    ),
    "shrugging": Posture(
        head=(0, -10, 0), r_arm=(24, 70), r_forearm=(98, 74), r_hand=(112, 90), l_arm=(24, 70), l_forearm=(98, 74),
        l_hand=(112, 90),
    ),
    "bowing": Posture(
        pelvis=(42, 0, 0), chest=(20, 0, 0), head=(10, 0, 0),
        r_arm=(24, 40), r_forearm=(60, -60), l_arm=(22, 160), l_forearm=(8, 90),
    ),
    "fighting_stance": Posture(
        pelvis=(4, 0, -16), chest=(6, 0, -8), head=(2, 0, 20),
        l_arm=(44, 30), l_forearm=(126, 0), r_arm=(26, 40), r_forearm=(136, -20),
        l_thigh=(30, 30), l_shin=(8, 170), l_foot=(78, 20), r_thigh=(22, 150), r_shin=(30, 170), r_foot=(70, 70),
    ),
    "kicking": Posture(
        pelvis=(-12, -6, 0), chest=(0, -6, 0), head=(10, 6, 0),
        r_arm=(44, 150), r_forearm=(60, 110), l_arm=(50, 40), l_forearm=(110, 0),
        l_thigh=(88, 20), l_shin=(94, 20), l_foot=(140, 20), r_thigh=(2, 90), r_shin=(6, 170), r_foot=(78, 30),
    ),
    "throwing": Posture(
        pelvis=(-6, -6, -24), chest=(-4, -6, -20), head=(0, 4, 36),
        r_arm=(104, 128), r_forearm=(168, 140), l_arm=(96, 40), l_forearm=(100, 30),
        l_thigh=(30, 16), l_shin=(4, 0), l_foot=(88, 0), r_thigh=(16, 160), r_shin=(32, 170), r_foot=(66, 50),
    ),
    "stretching": Posture(
        chest=(-3, 12, 0), pelvis=(0, 4, 0), head=(-6, 4, 0),
        r_arm=(176, 90), r_forearm=(172, -90), l_arm=(172, 90), l_forearm=(170, -90),
        r_thigh=(8, 90), r_shin=(6, 90), l_thigh=(8, 90), l_shin=(6, 90),
    ),
    "presenting": Posture(
        head=(0, 6, 8), l_arm=(52, 44), l_forearm=(98, 34), l_hand=(96, 30),
        r_arm=(40, 112), r_forearm=(46, -66), r_hand=(50, -40), contacts=(Contact("r_wrist", "hips"),),
    ),
    "saluting": Posture(
        r_arm=(102, 43), r_forearm=(118, -105), r_hand=(108, -90), l_arm=(8, 90), l_forearm=(6, 90),
        r_thigh=(1, 90), r_shin=(0, 90), l_thigh=(1, 90), l_shin=(0, 90), contacts=(Contact("r_wrist", "head"),),
    ),
    "clapping": Posture(
        r_arm=(34, 24), r_forearm=(108, -58), r_hand=(134, -10), l_arm=(34, 24), l_forearm=(108, -58),
        l_hand=(134, -10), contacts=BOTH_CHEST,
    ),
    "praying": Posture(
        head=(14, 0, 0), r_arm=(38, 26), r_forearm=(126, -76), r_hand=(174, -20), l_arm=(38, 26),
        l_forearm=(126, -76), l_hand=(174, -20), contacts=BOTH_CHEST,
    ),
    "flexing": Posture(
        r_arm=(92, 90), r_forearm=(168, -60), r_hand=(150, -90), l_arm=(92, 90), l_forearm=(168, -60),
        l_hand=(150, -90), r_thigh=(12, 90), r_shin=(8, 90), l_thigh=(12, 90), l_shin=(8, 90),
    ),
    "lunging": Posture(
        l_thigh=(76, 6), l_shin=(2, 0), l_foot=(88, 0), r_thigh=(34, 176), r_shin=(74, 178), r_foot=(42, 0),
        r_arm=(40, 112), r_forearm=(46, -66), r_hand=(50, -40), l_arm=(40, 112), l_forearm=(46, -66),
        l_hand=(50, -40), contacts=BOTH_HIPS,
    ),
}  # fmt: skip

FRONT: dict[str, Posture] = {
    "walking": Posture(
        chest=(0, 2, 0),
        r_arm=(26, 60), r_forearm=(52, -50), l_arm=(30, 100), l_forearm=(18, 80),
        l_thigh=(22, 84), l_shin=(12, 88), l_foot=(86, 70), r_thigh=(13, 92), r_shin=(42, 100), r_foot=(40, 20),
    ),
    "running": Posture(
        pelvis=(4, 5, 0), chest=(2, 4, 0), head=(0, -5, 0),
        r_arm=(44, 66), r_forearm=(112, -62), l_arm=(58, 112), l_forearm=(34, -10),
        l_thigh=(66, 66), l_shin=(16, -96), l_foot=(70, 66), r_thigh=(22, 92), r_shin=(74, 98), r_foot=(60, 100),
    ),
    "marching": Posture(
        r_arm=(40, 40), r_forearm=(92, -48), l_arm=(34, 112), l_forearm=(28, 100),
        l_thigh=(84, 40), l_shin=(3, 0), l_foot=(60, 30),
    ),
    "sneaking": Posture(
        pelvis=(12, 4, 0), chest=(14, 4, 0), head=(-14, -4, 0),
        r_arm=(46, 66), r_forearm=(128, -34), r_hand=(60, -60), l_arm=(58, 76), l_forearm=(126, 24), l_hand=(60, 60),
        l_thigh=(58, 62), l_shin=(8, -80), l_foot=(36, 40), r_thigh=(22, 86), r_shin=(6, -92), r_foot=(42, 40),
    ),
    "sitting": Posture(
        r_arm=(14, 60), r_forearm=(48, 6), l_arm=(14, 60), l_forearm=(48, 6),
        r_thigh=(82, 30), r_shin=(3, -90), l_thigh=(82, 30), l_shin=(3, -90),
    ),
    "bowing": Posture(
        pelvis=(24, 0, 0), chest=(20, 0, 0), head=(12, 0, 0),
        r_arm=(26, 66), r_forearm=(72, -72), l_arm=(34, 96), l_forearm=(30, 70),
    ),
    "fighting_stance": Posture(
        pelvis=(0, 0, -8), chest=(2, -3, 0), head=(2, 3, 8),
        r_arm=(24, 62), r_forearm=(148, -34), l_arm=(40, 72), l_forearm=(152, -10),
        l_thigh=(24, 84), l_shin=(14, 84), l_foot=(75, 50), r_thigh=(20, 92), r_shin=(16, 92), r_foot=(75, 50),
    ),
    "kicking": Posture(
        pelvis=(-4, -10, 0), chest=(0, -6, 0), head=(4, 8, 0),
        r_arm=(50, 96), r_forearm=(60, 84), l_arm=(46, 70), l_forearm=(124, -30),
        l_thigh=(90, 70), l_shin=(96, 72), l_foot=(140, 60), r_thigh=(-4, 90), r_shin=(-2, 90), r_foot=(76, 30),
    ),
    "throwing": Posture(
        pelvis=(0, -6, -8), chest=(0, -8, -6), head=(0, 8, 12),
        r_arm=(106, 96), r_forearm=(158, 120), l_arm=(92, 76), l_forearm=(86, 66),
        l_thigh=(34, 84), l_shin=(14, 84), l_foot=(80, 60), r_thigh=(12, 92), r_shin=(26, 94), r_foot=(70, 40),
    ),
    "lunging": Posture(
        l_thigh=(66, 76), l_shin=(3, -90), l_foot=(82, 66), r_thigh=(40, 92), r_shin=(46, 94), r_foot=(60, 40),
        r_arm=(46, 112), r_forearm=(44, -66), r_hand=(50, -40), l_arm=(46, 112), l_forearm=(44, -66),
        l_hand=(50, -40), contacts=BOTH_HIPS,
    ),
    "waving": Posture(
        head=(0, -6, 0), r_arm=(112, 82), r_forearm=(168, 60), r_hand=(160, 90), l_arm=(14, 90), l_forearm=(12, 60),
    ),
    "pointing": Posture(
        head=(0, 0, -25), r_arm=(92, 70), r_forearm=(92, 72), l_arm=(14, 90), l_forearm=(12, 60),
        r_thigh=(8, 90), l_thigh=(6, 90),
    ),
    "dancing": Posture(
        pelvis=(0, -9, 0), chest=(0, 16, 0), head=(0, -12, 0),
        r_arm=(128, 88), r_forearm=(166, -60), l_arm=(62, 96), l_forearm=(112, 60), l_hand=(120, 80),
        r_thigh=(6, 90), r_shin=(2, 90), l_thigh=(38, 74), l_shin=(8, -90), l_foot=(48, 50),
    ),
    "presenting": Posture(
        head=(0, 6, 8), l_arm=(52, 74), l_forearm=(100, 78), l_hand=(96, 90),
        r_arm=(40, 112), r_forearm=(46, -66), r_hand=(50, -40), contacts=(Contact("r_wrist", "hips"),),
    ),
}  # fmt: skip
