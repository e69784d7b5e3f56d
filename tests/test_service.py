"""The whole service on Ray, started by its command: real transfers, hostile files, and a clean end."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from pose.image import decode
from serve.client import START_SECONDS, free_port

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = sorted(path for path in (ROOT / "samples").glob("*.png") if "stick" not in path.stem)
STICKS = sorted((ROOT / "samples").glob("*stick*.png"))
HOSTILE = ROOT.parent / "shared" / "data" / "hostile"
LONG = {"pose": "walking", "steps": "50", "deterministic": "true"}
MARK = "CONTRAPPOSTO_TEST_RUN"

pytestmark = pytest.mark.skipif(
    not (ROOT / ".venv-blazepose/bin/python").exists(), reason="BlazePose's environment is made by make install"
)


class Service:
    """A running `contrapposto serve` and every process that it started."""

    def __init__(self, log: Path, *more: str) -> None:
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        self.mark = f"{os.getpid()}-{port}"
        command = [sys.executable, "-m", "serve.cli", "serve", "--port", str(port), *more]
        self._log = log.open("w+")
        self.caps = self.address = ""
        environment = os.environ | {MARK: self.mark}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self._log, text=True, cwd=ROOT, env=environment
        )
        self.told = self.process.stdout.readline()

    def end(self) -> float:
        """SIGTERM; returns the seconds until the command has ended."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self._log.close()
        return time.monotonic() - began

    def replica(self, stage: str) -> int:
        """The process of a stage's one replica."""
        (found,) = [pid for pid in self.left() if f"ServeReplica:contrapposto:{stage}" in _command(pid)]
        return found

    def metrics(self) -> str:
        """What the replicas tell; its address is told after the service is ready, and the caps."""
        if not self.address:
            self.caps = self.process.stdout.readline()
            self.address = self.process.stdout.readline().split()[-1]
        return httpx.get(self.address, timeout=10).text

    def steps(self, but: Collection[str] = ()) -> dict[str, float]:
        """The engines' steps by the process that told of them; waits until one does that is not in `but`."""
        deadline = time.monotonic() + 30  # they are told every few seconds
        while time.monotonic() < deadline:
            found = _steps_by_worker(self.metrics())
            if fresh := {worker: steps for worker, steps in found.items() if worker not in but and steps > 0}:
                return fresh
            time.sleep(0.5)
        raise AssertionError("no replica told of its steps")

    def left(self) -> list[int]:
        """Processes that still carry this run's mark in their environment."""
        mark = f"{MARK}={self.mark}".encode()
        return [int(path.name) for path in Path("/proc").glob("[0-9]*") if mark in _environment(path)]


def _environment(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""


def _steps_by_worker(text: str) -> dict[str, float]:
    """The engines' steps, all sizes together, by the process that told of them."""
    steps: dict[str, float] = {}
    for line in text.splitlines():
        if re.match(r"\w*contrapposto_engine_steps", line) and "WorkerId" in line:
            worker = re.search(r'WorkerId="(\w+)"', line)[1]
            steps[worker] = steps.get(worker, 0.0) + float(line.split()[-1])
    return steps


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    running = Service(tmp_path_factory.mktemp("service") / "log")
    try:
        yield running
    finally:
        running.end()


def post(service, fields, **options):
    return httpx.post(f"{service.url}/v1/transfers", files=fields, timeout=START_SECONDS, **options)


def image(path):
    return "image", (path.name, path.read_bytes())


def assert_is_problem(answer):
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["detail"]


def test_it_tells_when_it_is_ready(service):
    assert service.told == f"contrapposto ready on {service.url}\n"
    ready = httpx.get(f"{service.url}/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    assert len(ready.json()["stages"]) == 7


def test_a_sample_takes_a_named_pose(service):
    answer = post(service, [image(SAMPLES[0]), ("pose", (None, "walking"))])
    assert answer.status_code == 200, answer.text
    source, result = decode(SAMPLES[0].read_bytes()).rgba, decode(answer.content).rgba
    report = json.loads(answer.headers["contrapposto-report"])
    assert report["copied"] > 0.4
    assert result.shape[0] >= 0.8 * source.shape[0]
    assert set(report["weights"]) == {"pose", "parse", "denoiser", "upscaler"}


def test_a_sample_takes_a_stick_figures_pose_the_same_twice(service):
    fields = [image(SAMPLES[0]), ("reference", ("r.png", STICKS[0].read_bytes())), ("background", (None, "#204060"))]
    answers = [post(service, fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    assert answers[0].content == answers[1].content


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the hostile files are not beside the repository")
def test_hostile_files_are_answered_and_the_service_goes_on(service):
    for path in sorted(path for path in HOSTILE.iterdir() if path.name != "LICENSE"):
        answer = post(service, [image(path), ("pose", (None, "walking"))])
        assert answer.status_code == 200 or assert_is_problem(answer) is None, path.name
        reference = post(service, [image(SAMPLES[0]), ("reference", (path.name, path.read_bytes()))])
        assert reference.status_code == 200 or assert_is_problem(reference) is None, path.name
    assert httpx.get(f"{service.url}/readyz").status_code == 200


def test_a_client_cannot_switch_off_its_deadline(service):
    headers = {"x-request-timeout-seconds": "-1", "x-request-disconnect-disabled": "?1"}
    answer = post(service, [image(SAMPLES[0]), ("pose", (None, "no such pose"))], headers=headers)
    assert_is_problem(answer)


def test_a_denoiser_that_dies_midway_is_not_seen_by_the_client(service):
    """Another replica goes on from the latest step; alone, a request's bytes depend on nothing else."""
    fields = [image(SAMPLES[0]), *((name, (None, value)) for name, value in LONG.items())]
    undisturbed = post(service, fields)
    before = service.steps()
    with ThreadPoolExecutor(1) as threads:
        disturbed = threads.submit(post, service, fields)
        time.sleep(undisturbed.elapsed.total_seconds() / 2)
        replica = service.replica("denoiser")
        os.kill(replica, signal.SIGKILL)
        assert not disturbed.done()
        answer = disturbed.result()
    assert [undisturbed.status_code, answer.status_code] == [200, 200], answer.text
    assert answer.content == undisturbed.content
    assert service.replica("denoiser") != replica
    (steps,) = service.steps(but=before).values()
    assert steps < int(LONG["steps"])  # it went on, and did not begin anew


def test_the_engines_metrics_are_told_where_ray_tells_its_own(service):
    service.metrics()
    told = r"denoiser: rows a step \{('\d+x\d+': \d+(, )?)+\}, company moves a result by up to (\d\.\de-\d+)\n"
    found = re.fullmatch(told, service.caps)
    assert found is not None
    assert float(found[3]) < 0.1
    missing = {"steps", "rows", "occupancy", "cap", "waiting", "wait_seconds", "step_seconds", "ends"}
    deadline = time.monotonic() + 30  # they are reported every few seconds
    while missing and time.monotonic() < deadline:
        text = service.metrics()
        missing = {name for name in missing if f"contrapposto_engine_{name}" not in text}
        time.sleep(0.5)
    assert not missing


def test_it_ends_within_fifteen_seconds_and_leaves_nothing(service):
    assert service.end() < 15
    assert service.process.returncode == 0
    deadline = time.monotonic() + 5
    while service.left() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert service.left() == []
