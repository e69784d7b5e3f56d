"""The composition root: settings in, the graph of deployments out; and the process that runs it on one machine.

The only place where stages are put together. Deployment classes stay plain; here they get replicas and resources.
"""

import contextlib
import logging
import math
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import ray
from ray import serve as ray_serve
from ray.serve.deployment import Application

from deployments.backends.spec import Runtime
from deployments.backgrounds.deployment import Backgrounds
from deployments.checkpoints.opening import Checkpoint, checkpoints_directory
from deployments.deformation.deployment import Deformation
from deployments.denoiser.deployment import Denoiser
from deployments.garments.deployment import Garments
from deployments.keypoints.deployment import BlazePose, Keypoints
from deployments.upscaler.deployment import Upscaler
from pose.errors import ContrappostoError, InvalidInput
from serve.ingress import APPLICATION, Ingress
from serve.settings import ROOT, NetworkStage, Settings, Stage, parse_settings
from serve.weights import check_checkpoints, check_weights, located, weights_directory

GRACE_SECONDS = 5.0
SHUTDOWN_SECONDS = 9.0
START_SECONDS = 60.0
LOGGING = {"log_level": "WARNING", "enable_access_log": False}
FAILED = ("DEPLOY_FAILED", "UNHEALTHY")


def build_app(args: Mapping[str, Any]) -> Application:
    """The whole service. `args` are the settings (see `serve.settings`), as a mapping.

    Raises InvalidInput for settings that are not valid, WeightsError for weights that are not whole.
    """
    settings = parse_settings(args)
    weights = check_weights(weights_directory()) | check_checkpoints(settings)
    blazepose = _deploy(BlazePose, "blazepose", settings.blazepose, _own_environment(settings)).bind()
    denoiser = settings.denoiser
    stages = {
        "keypoints": _deploy(Keypoints, "keypoints", settings.keypoints).bind(blazepose, *_network(settings.keypoints)),
        "garments": _deploy(Garments, "garments", settings.garments).bind(*_network(settings.garments)),
        "denoiser": _deploy(Denoiser, "denoiser", denoiser).bind(
            *_network(denoiser), denoiser.sampling, denoiser.waiting_bound, denoiser.max_ongoing_requests
        ),
        "deformation": _deploy(Deformation, "deformation", settings.deformation).bind(),
        "backgrounds": _deploy(Backgrounds, "backgrounds", settings.backgrounds).bind(),
        "upscaler": _deploy(Upscaler, "upscaler", settings.upscaler).bind(*_network(settings.upscaler)),
    }
    ingress = ray_serve.deployment(
        name="ingress",
        num_replicas=1,
        max_ongoing_requests=settings.ingress.queue * 2,
        ray_actor_options={"num_cpus": settings.ingress.num_cpus},
        graceful_shutdown_timeout_s=GRACE_SECONDS,
        graceful_shutdown_wait_loop_s=0.2,
    )(Ingress)
    return ingress.bind(settings.model_dump(mode="json"), weights, **stages)


def _network(stage: NetworkStage) -> tuple[Checkpoint | None, Runtime]:
    """What a stage's class is told of its network."""
    runtime = replace(stage.runtime, artefacts=stage.runtime.artefacts.expanduser().resolve())
    return located(stage.checkpoint), runtime


def run(settings: Settings, host: str, port: int, told: Callable[[str], None]) -> None:
    """Runs the service in a Ray of its own until SIGTERM or SIGINT, then ends every process that it started.

    Raises StartError where a stage does not come up, with what the stage said.
    """
    stop = threading.Event()
    _listen(stop)
    with contextlib.suppress(_Stopped, SystemExit), _cluster(settings):
        _listen(stop)  # again: Ray puts a handler of its own in place
        ray_serve.start(
            proxy_location="HeadOnly",
            http_options={"host": host, "port": port},
            logging_config=LOGGING,
        )
        app = build_app(settings.model_dump(mode="json"))
        _deploy_all(app)
        told(f"contrapposto ready on http://{host}:{port}")
        measured = _measured()
        told(f"denoiser: rows a step {measured['caps']}, company moves a result by up to {measured['company']:.1e}")
        told(f"stages' metrics on http://127.0.0.1:{ray.nodes()[0]['MetricsExportPort']}/metrics")
        stop.wait()


def _deploy_all(app: Application) -> None:
    try:
        ray_serve.run(app, name=APPLICATION, route_prefix="/", logging_config=LOGGING)
    except RuntimeError as error:
        found = ray_serve.status().applications.get(APPLICATION)
        deployments = found.deployments if found else {}
        failed = {name: state.message for name, state in deployments.items() if state.status in FAILED}
        told = "; ".join(f"stage {name}: {_last_line(message)}" for name, message in failed.items())
        raise StartError(f"the service did not come up: {told or _last_line(str(error))}") from error


def _measured() -> dict[str, Any]:
    """What one denoiser replica measured of its engine."""
    handle = ray_serve.get_deployment_handle("denoiser", APPLICATION)
    measured: dict[str, Any] = handle.measured.remote().result(timeout_s=START_SECONDS)
    return measured


def _last_line(message: str) -> str:
    """What an exception said, out of a message that ends with its traceback."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return next((line for line in reversed(lines) if "Error" in line), lines[-1] if lines else "no reason was given")


def _deploy(kind: type, name: str, stage: Stage, environment: Mapping[str, Any] | None = None) -> Any:
    """One stage's deployment. The router's back-off is short: its default halves what one-slot replicas get done."""
    actor: dict[str, Any] = {"num_cpus": stage.num_cpus, "num_gpus": stage.num_gpus}
    if stage.memory_mib:
        actor["memory"] = stage.memory_mib * 2**20
    threads = {name: str(stage.threads) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")}
    variables = threads | {"CONTRAPPOSTO_CHECKPOINTS": str(checkpoints_directory().resolve())}
    environment = dict(environment or {})
    actor["runtime_env"] = environment | {"env_vars": variables | environment.get("env_vars", {})}
    return ray_serve.deployment(
        name=name,
        ray_actor_options=actor,
        max_ongoing_requests=stage.max_ongoing_requests,
        request_router_config={"initial_backoff_s": 0.002, "max_backoff_s": 0.01},
        graceful_shutdown_timeout_s=GRACE_SECONDS,
        graceful_shutdown_wait_loop_s=0.2,
        max_constructor_retry_count=2,
        **_scaling(stage),
    )(kind)


def _scaling(stage: Stage) -> dict[str, Any]:
    if stage.max_replicas == stage.min_replicas:
        return {"num_replicas": stage.min_replicas}
    return {
        "autoscaling_config": {
            "min_replicas": stage.min_replicas,
            "max_replicas": stage.max_replicas,
            "target_ongoing_requests": stage.target_ongoing_requests,
        },
        "max_surge_percent": 100,
    }


def _own_environment(settings: Settings) -> dict[str, Any]:
    """BlazePose's packages do not go together with the others': its replicas run under an interpreter of their own."""
    python = Path(settings.blazepose_python)
    if not python.is_file():
        raise InvalidInput(f"blazepose_python: there is no interpreter at {python}; run make install, or set its path.")
    return {"py_executable": str(python), "env_vars": {"PYTHONPATH": str(ROOT)}}


@contextlib.contextmanager
def _cluster(settings: Settings) -> Iterator[None]:
    """A local Ray, ended on leaving whatever happens."""
    for name in ("ray", "ray.serve"):
        logging.getLogger(name).setLevel(logging.ERROR)
    ray.init(
        address="local",
        num_cpus=max(math.ceil(settings.total_cpus), os.cpu_count() or 1),
        include_dashboard=False,
        log_to_driver=False,
        logging_level=logging.ERROR,
        namespace=APPLICATION,
        _metrics_export_port=settings.metrics_port or None,
    )
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        ending = threading.Thread(target=_drain, daemon=True)
        ending.start()
        ending.join(SHUTDOWN_SECONDS)
        ray.shutdown()


def _drain() -> None:
    with contextlib.suppress(Exception):
        ray_serve.delete(APPLICATION)


def _listen(stop: threading.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: _stop(stop))


class StartError(ContrappostoError):
    """A stage did not come up."""

    code = "start"


class _Stopped(BaseException):
    """Raised by the signal to leave a start that is under way."""


def _stop(stop: threading.Event) -> None:
    if stop.is_set():
        return
    stop.set()
    raise _Stopped
