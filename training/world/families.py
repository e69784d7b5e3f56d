"""The families of drawn characters: one frozen table of looks, and which of them no training may see.

A family says how its characters are built and drawn; it knows neither poses nor pixels. `HELD_OUT` was fixed before
any training: those families differ from the trained ones in texture, in shape (triangular and diamond bodies,
hexagonal and pear-shaped heads) and in stroke (light lines on dark, brush lines that swell, no line at all).
"""

from dataclasses import dataclass

Span = tuple[float, float]


@dataclass(frozen=True)
class Family:
    """How a family looks. Widths of limbs are multiples of the usual; `line` is a share of the figure's height.

    fill: "colour", "paper" (the interior is the paper's colour), "grey" or "dark" (light lines on a dark ground).
    cel, soft, grade, grain, scribble, edge: strengths of two-tone shading, rounded shading, a gradient along each
    part, noise, crayon strokes that let the paper through, and dark watercolour rims. wobble: displacement of the
    outline as a share of the height; swell: how much the line's width varies. pixel: side of a pixel block as a
    share of the canvas. gloss: strength of highlights. rich: share of its characters that have a wardrobe; cute:
    chance of large stylised eyes; sticker: chance of a white rim around the figure; strokes: share of its characters
    whose limbs are single strokes.
    """

    name: str
    bodies: tuple[str, ...] = ("human",)
    heads: Span = (3.0, 6.0)
    limbs: Span = (0.8, 1.2)
    torsos: tuple[str, ...] = ("trapezoid",)
    skulls: tuple[str, ...] = ("round", "egg")
    eyes: tuple[str, ...] = ("dot", "oval")
    hands: tuple[str, ...] = ("round", "mitten")
    fill: str = "colour"
    palette: str = "bright"
    line: Span = (0.006, 0.012)
    ink: str = "dark"
    cel: Span = (0.0, 0.0)
    soft: Span = (0.0, 0.0)
    grade: Span = (0.0, 0.0)
    grain: Span = (0.0, 0.0)
    scribble: Span = (0.0, 0.0)
    edge: Span = (0.0, 0.0)
    wobble: Span = (0.0, 0.002)
    swell: Span = (0.0, 0.2)
    pixel: Span = (0.0, 0.0)
    skirts: float = 0.3
    long_hair: float = 0.35
    hair: float = 0.9
    animal: float = 0.0
    prints: float = 0.5
    gloss: Span = (0.0, 0.0)
    rich: float = 0.6
    cute: float = 0.45
    sticker: float = 0.0
    strokes: float = 0.0
    grounds: tuple[str, ...] = ("flat", "gradient", "paper", "blobs", "busy", "room")


_ALL = (
    Family(
        "marker_child", ("human", "bean", "stub"), (1.7, 4.5), (0.35, 2.4), ("trapezoid", "oval", "round", "box"),
        ("round", "round", "egg"), ("dot", "ring", "oval"), ("round", "fingers", "none"), "paper", "paper",
        (0.008, 0.028), "marker", scribble=(0, 0.4), wobble=(0.003, 0.012), swell=(0.1, 0.5), prints=0.25,
        grounds=("paper", "paper", "flat"), rich=0.35, strokes=0.45,
    ),
    Family(
        "pencil", ("human", "bean"), (2.0, 7.5), (0.5, 1.5), ("trapezoid", "oval", "box"), ("round", "egg"),
        ("dot", "oval", "anime"), ("round", "mitten", "fingers"), "paper", "grey", (0.003, 0.009), "grey",
        cel=(0, 0.3), soft=(0, 0.4), grain=(0.05, 0.25), wobble=(0.001, 0.006), swell=(0.3, 0.9),
        grounds=("paper", "paper", "flat"), strokes=0.4,
    ),
    Family(
        "crayon", ("human", "bean", "stub"), (1.7, 4.0), (0.5, 2.0), ("trapezoid", "oval", "round", "egg", "cone"),
        ("round", "egg"), ("dot", "ring", "scribble"), ("round", "fingers", "mitten"), "colour", "bright",
        (0.0, 0.014), "coloured", scribble=(0.4, 0.9), grain=(0.1, 0.3), wobble=(0.003, 0.01), swell=(0.2, 0.8),
        grounds=("paper", "paper", "flat"), strokes=0.4,
    ),
    Family(
        "flat_mascot", ("bean", "human", "stub"), (1.6, 3.2), (0.6, 1.8), ("oval", "egg", "round", "box", "cone"),
        ("round", "wide", "egg"), ("dot", "oval", "shine"), ("round", "mitten", "glove"), line=(0.0, 0.016),
        cel=(0, 0.25), grade=(0, 0.25), hair=0.4, animal=0.3, strokes=0.2,
    ),
    Family(
        "chibi_cel", ("human",), (1.9, 3.2), (0.8, 1.3), ("trapezoid", "oval"), ("wide", "round"),
        ("anime", "shine"), ("round", "mitten"), line=(0.005, 0.013), ink="coloured", cel=(0.1, 0.35), skirts=0.45,
        long_hair=0.5, animal=0.15,
    ),
    Family(
        "anime_gradient", ("human",), (4.8, 7.2), (0.7, 1.05), ("trapezoid", "hourglass"), ("chin", "egg"),
        ("anime",), ("mitten", "fingers"), palette="pastel", line=(0.002, 0.006), ink="coloured", cel=(0.1, 0.35),
        grade=(0.05, 0.3), skirts=0.4, long_hair=0.6,
    ),
    Family(
        "fashion_flat", ("human",), (6.0, 8.2), (0.55, 0.95), ("trapezoid", "hourglass"), ("egg", "chin"),
        ("closed", "dot", "none"), ("mitten", "fingers"), palette="muted", line=(0.0, 0.004), ink="coloured",
        cel=(0, 0.2), grade=(0, 0.25), skirts=0.5, long_hair=0.5, prints=0.3,
    ),
    Family(
        "plush", ("human", "bean", "stub"), (1.6, 2.6), (1.3, 2.2), ("oval", "egg", "round"), ("round", "wide"),
        ("dot", "shine"), ("round",), palette="pastel", line=(0, 0), soft=(0.3, 0.6), grain=(0.1, 0.35),
        wobble=(0.002, 0.006), hair=0.3, animal=0.8, skirts=0.25,
    ),
    Family(
        "watercolour", ("human",), (2.5, 6.5), (0.7, 1.3), ("trapezoid", "oval", "hourglass"), ("round", "egg", "chin"),
        ("dot", "oval", "closed"), ("round", "mitten"), palette="pastel", line=(0.0, 0.006), ink="grey",
        grain=(0.05, 0.2), edge=(0.2, 0.6), grade=(0.1, 0.4), wobble=(0.002, 0.008), swell=(0.2, 0.8),
        skirts=0.45, grounds=("paper", "paper", "blobs", "flat"),
    ),
    Family(
        "pixel", ("human", "bean"), (1.8, 4.0), (0.8, 1.6), ("trapezoid", "box", "oval"), ("round", "box", "wide"),
        ("dot", "oval"), ("round",), line=(0.012, 0.022), cel=(0.1, 0.35), pixel=(0.008, 0.018), wobble=(0, 0),
    ),
    Family(
        "shaded3d", ("human", "bean", "stub"), (1.8, 6.0), (0.7, 1.7), ("oval", "egg", "trapezoid", "round"),
        ("round", "egg", "wide"), ("shine", "oval", "anime"), ("round", "glove", "mitten", "fingers"),
        line=(0, 0), soft=(0.35, 0.8), grade=(0, 0.3), grain=(0, 0.08), animal=0.3,
    ),
    Family(
        "robot", ("human", "stub"), (2.2, 5.5), (0.6, 1.5), ("box", "trapezoid", "barrel"), ("box", "box", "round"),
        ("ring", "dot", "visor"), ("glove", "round", "claw"), palette="metal", line=(0.003, 0.01), cel=(0, 0.3),
        soft=(0, 0.4), hair=0.0, skirts=0.05, rich=0.0,
    ),
    Family(
        "animal_mascot", ("human", "bean"), (1.8, 4.2), (0.9, 1.8), ("oval", "egg", "trapezoid"),
        ("wide", "round", "egg"), ("shine", "oval", "dot", "anime"), ("round", "mitten", "glove"),
        palette="fur", line=(0.0, 0.012), ink="coloured", cel=(0, 0.3), soft=(0, 0.4), hair=0.15, animal=1.0,
        skirts=0.35,
    ),
    Family(
        "comic_ink", ("human",), (3.0, 7.5), (0.8, 1.5), ("trapezoid", "hourglass", "barrel"), ("chin", "egg", "round"),
        ("oval", "anime", "dot"), ("glove", "fingers", "mitten"), line=(0.006, 0.014), cel=(0.2, 0.5),
        swell=(0.2, 0.7), strokes=0.1,
    ),
    Family(
        "vector_hero", ("human",), (4.2, 7.6), (0.75, 1.1), skulls=("egg", "chin", "round"), eyes=("dot", "oval"),
        palette="bright", line=(0.0, 0.0045), ink="coloured", cel=(0.0, 0.3), prints=0.6, rich=1.0, cute=0.25,
        wobble=(0, 0), swell=(0, 0), grounds=("flat", "flat", "gradient", "blobs", "street"),
    ),
    Family(
        "anime_lineart", ("human",), (4.6, 7.2), (0.6, 0.85), skulls=("chin", "egg"), eyes=("anime",),
        palette="pastel", line=(0.0025, 0.006), ink="coloured", cel=(0.1, 0.3), wobble=(0, 0.001), swell=(0.1, 0.5),
        rich=1.0, cute=0.9, grounds=("flat", "gradient", "room", "bokeh", "blobs"),
    ),
    Family(
        "vinyl_toy", ("human", "human", "bean"), (1.7, 3.2), (0.9, 1.5), ("oval", "egg"), ("round", "wide"),
        ("shine", "oval"), line=(0, 0), soft=(0.4, 0.8), gloss=(0.15, 0.45), animal=0.35, rich=1.0, cute=0.35,
        wobble=(0, 0), grounds=("studio", "studio", "bokeh", "gradient", "room"),
    ),
    Family(
        "fashion_photo", ("human",), (6.6, 8.2), (0.6, 0.85), skulls=("egg", "egg", "round"), eyes=("closed",),
        palette="muted", line=(0, 0), soft=(0.35, 0.7), grain=(0.04, 0.16), wobble=(0, 0.0015), prints=0.4, rich=1.0,
        cute=0.0, grounds=("studio", "studio", "street", "bokeh"),
    ),
    Family(
        "storybook", ("human", "human", "bean"), (2.2, 4.8), (0.75, 1.2), ("oval", "egg"), ("round", "egg", "wide"),
        ("dot", "oval", "shine"), palette="pastel", line=(0.0, 0.006), ink="coloured", soft=(0.1, 0.35),
        grain=(0.08, 0.25), edge=(0.0, 0.25), wobble=(0.001, 0.004), swell=(0.3, 0.9), animal=0.5, rich=1.0, cute=0.3,
        grounds=("paper", "blobs", "meadow", "room", "flat"),
    ),
    Family(
        "sticker_pack", ("bean", "human"), (1.7, 3.0), (0.6, 1.1), ("oval", "egg", "round"), ("round", "wide"),
        ("shine", "dot"), line=(0.008, 0.016), ink="dark", cel=(0.0, 0.25), gloss=(0.0, 0.15), animal=0.3, rich=1.0,
        cute=0.35, sticker=0.6, wobble=(0, 0.001), swell=(0, 0.1), strokes=0.2,
    ),
    # Held out from here on.
    Family(
        "chalkboard", ("human", "bean"), (2.0, 6.0), (0.5, 1.4), ("triangle", "diamond", "trapezoid"),
        ("hexagon", "pear"), ("ring", "dot"), ("fingers", "round"), "dark", "chalk", (0.006, 0.014), "chalk",
        grain=(0.1, 0.2), scribble=(0.2, 0.5), wobble=(0.003, 0.009), swell=(0.4, 0.9), grounds=("board",), rich=0.0,
    ),
    Family(
        "paper_cut", ("human", "stub"), (2.0, 6.5), (0.7, 1.6), ("triangle", "diamond", "bell"),
        ("hexagon", "pear"), ("closed", "half"), ("claw", "mitten"), palette="muted", line=(0, 0), edge=(0.1, 0.25),
        grain=(0.05, 0.12), wobble=(0.001, 0.005), skirts=0.4, grounds=("flat", "confetti", "gradient"), rich=0.0,
    ),
    Family(
        "ink_brush", ("human",), (2.5, 7.5), (0.5, 1.3), ("bell", "diamond", "trapezoid"), ("pear", "hexagon"),
        ("half", "closed"), ("mitten", "fingers"), "paper", "ink", (0.006, 0.02), "dark", edge=(0.2, 0.5),
        grain=(0.05, 0.25), wobble=(0.002, 0.007), swell=(0.9, 1.0), skirts=0.5, grounds=("rice", "paper"), rich=0.0,
    ),
    Family(
        "stained_glass", ("human", "bean"), (2.2, 6.0), (0.9, 1.9), ("bell", "triangle", "diamond"),
        ("hexagon", "pear"), ("half", "ring"), ("round", "claw"), line=(0.014, 0.024), soft=(-0.5, -0.25),
        grade=(0.2, 0.5), grain=(0.05, 0.15), grounds=("mosaic", "gradient"), rich=0.0,
    ),
)  # fmt: skip

FAMILIES = {family.name: family for family in _ALL}
HELD_OUT = ("chalkboard", "paper_cut", "ink_brush", "stained_glass")
TRAINED = tuple(name for name in FAMILIES if name not in HELD_OUT)
