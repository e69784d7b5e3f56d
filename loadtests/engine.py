"""The denoiser's engine against other ways to serve, on this machine: `contrapposto bench engine`.

Real embedded weights, one process, one thread in which the network runs; Poisson arrivals of mixed sizes and step
counts, the same for every way. Knows no HTTP, no Ray replicas, and no stage but the denoiser's network.
"""

import argparse
import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import torch

from deployments.denoiser.network import DenoiserNetwork
from deployments.runtime import load, rounded
from loadtests.device import ROWS, Device, caps_of
from loadtests.rounds import OURS, SINGLE, Plan, measure, summary
from serve.machine import this_machine

NO_WORSE, ALLOWED = 0.95, 0.9
WARM_UP = 3


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    told = measured(Plan(options.seconds, options.rounds, options.seed))
    told["machine"] = f"{this_machine()}; {options.threads} threads"
    print(f"\n{markdown(told)}", flush=True)
    if options.markdown:
        options.markdown.write_text(f"{markdown(told)}\n")
    if options.json:
        options.json.write_text(json.dumps(told, indent=2))


def measured(plan: Plan) -> dict[str, Any]:
    """The numbers, as they are printed and written; see `rounds.summary`."""
    runner = rounded(load("denoiser", DenoiserNetwork()))
    device = Device(runner, np.random.default_rng(plan.seed))
    with closing(device):
        network, stepped = device.curves(WARM_UP)
        caps = caps_of(stepped)
        print(f"caps measured at warm-up: {caps}", flush=True)
        found = summary(measure(device, caps, network, plan, lambda line: print(line, flush=True)))
    about = {"weights": runner.sha256, "precision": str(runner.dtype).removeprefix("torch.")}
    return {**found, **about, "seconds": plan.seconds, "rounds": plan.rounds, "seed": plan.seed}


def markdown(told: Mapping[str, Any]) -> str:
    """The numbers as tables, and whether the bars are kept."""
    return "\n".join(
        [*_head(told), "", *_curve(told), "", *_saturation(told), "", *_latency(told), "", *verdicts(told)]
    )


def verdicts(told: Mapping[str, Any]) -> list[str]:
    """A line a bar."""
    single = told["saturation"][SINGLE]["ours_against_it"]
    share = told["saturation"][OURS]["share_of_curve"]
    return [
        f"- throughput never below {NO_WORSE} of one at a time: {single:.2f}, {_kept(single >= NO_WORSE)}",
        f"- at least {ALLOWED} of what the network's batch curve allows: {share:.2f}, {_kept(share >= ALLOWED)}",
    ]


def _head(told: Mapping[str, Any]) -> list[str]:
    return [
        f"{told['machine']}; {told['precision']}; weights {told['weights'][:12]}; {told['rounds']} rounds of about "
        f"{told['seconds']:g} s a run, seed {told['seed']}."
    ]


def _curve(told: Mapping[str, Any]) -> list[str]:
    lines = [
        f"| network alone, samples/s | {' | '.join(f'{rows} rows' for rows in ROWS)} | cap |",
        f"|---|{'---|' * len(ROWS)}---|",
    ]
    for size, curve in told["curve"].items():
        gains = " | ".join(f"{curve[rows]:.1f} ({curve[rows] / curve[1]:.2f}x)" for rows in ROWS)
        lines.append(f"| {size} | {gains} | {told['caps'][size]} |")
    return lines


def _saturation(told: Mapping[str, Any]) -> list[str]:
    lines = [
        "| saturated | requests/s | ours / its | its CPU time / ours | of the network's curve | of the step's |",
        "|---|---|---|---|---|---|",
    ]
    for name, found in told["saturation"].items():
        lines.append(
            f"| {name} | {found['requests_a_second']:.2f} | {found['ours_against_it']:.2f} | "
            f"{found['ours_against_its_work']:.2f} | "
            f"{found['share_of_curve']:.2f} | {found['share_of_step_curve']:.2f} |"
        )
    return lines


def _latency(told: Mapping[str, Any]) -> list[str]:
    lines = [
        f"| {told['load']:.2f} requests/s | p50, s | its p50 / ours | p95, s | its p95 / ours | in time |",
        "|---|---|---|---|---|---|",
    ]
    for name, found in told["latency"].items():
        lines.append(
            f"| {name} | {found['p50']:.2f} | {found['ours_against_its_p50']:.2f} | {found['p95']:.2f} | "
            f"{found['ours_against_its_p95']:.2f} | {found['in_time']:.0%} |"
        )
    return lines


def _kept(kept: bool) -> str:
    return "kept" if kept else "**missed**"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("contrapposto bench engine", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20.0, help="of work a run (default: 20)")
    parser.add_argument("--rounds", type=int, default=3, help="in which every way has its turn (default: 3)")
    parser.add_argument("--seed", type=int, default=0, help="of the arrivals")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="of the network")
    parser.add_argument("--json", type=Path, help="where to write the numbers too")
    parser.add_argument("--markdown", type=Path, help="where to write the tables too")
    return parser


if __name__ == "__main__":
    main()
