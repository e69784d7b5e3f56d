"""A closed loop of clients against a running service: `python -m loadtests.transfers IMAGE --clients 4 --requests 20`.

Prints throughput, latency at the median and the 95th percentile, and answers by status. Every client sends its next
request when it has its answer, so it measures a saturated service, not a Poisson arrival.
"""

import argparse
import asyncio
import collections
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from serve.bench import fresh_picture

Answers = list[tuple[float, int]]


async def client(url: str, pictures: Iterator[int], image: Path, pose: str) -> Answers:
    """One client's (seconds, status) until the pictures are used up."""
    answers = []
    async with httpx.AsyncClient(timeout=600) as session:
        for number in pictures:
            files: dict[str, Any] = {"image": ("a.png", fresh_picture(image, number)), "pose": (None, pose)}
            began = time.perf_counter()
            answer = await session.post(f"{url}/v1/transfers", files=files)
            answers.append((time.perf_counter() - began, answer.status_code))
    return answers


async def load(url: str, image: Path, pose: str, clients: int, requests: int) -> None:
    """Runs the clients side by side and prints what they saw."""
    began = time.perf_counter()
    pictures = iter(range(requests))
    jobs = [client(url, pictures, image, pose) for _ in range(clients)]
    answers = [answer for answers in await asyncio.gather(*jobs) for answer in answers]
    spent = time.perf_counter() - began
    seconds = sorted(second for second, _ in answers)
    print(f"{len(answers)} transfers by {clients} clients in {spent:.1f} s: {len(answers) / spent:.2f} a second")
    print(f"median {statistics.median(seconds):.2f} s, 95th percentile {seconds[int(0.95 * (len(seconds) - 1))]:.2f} s")
    print("answers", dict(collections.Counter(status for _, status in answers)))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--pose", default="walking")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--requests", type=int, default=20)
    options = parser.parse_args()
    asyncio.run(load(options.url, options.image, options.pose, options.clients, options.requests))


if __name__ == "__main__":
    main()
