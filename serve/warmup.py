"""Compiles at install time what would be compiled at first use: `python -m serve.warmup`."""

from deployments.backgrounds.deployment import compile_all as compile_backgrounds
from deployments.deformation.deployment import compile_all as compile_deformation
from deployments.garments.deployment import compile_all as compile_garments


def main() -> None:
    """Fills the compilers' caches on disk."""
    for compile_all in (compile_backgrounds, compile_deformation, compile_garments):
        compile_all()


if __name__ == "__main__":
    main()
