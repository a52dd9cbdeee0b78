"""One engine, measured in a process of its own: ``python -m shiwu_models.bench.child``.

A request as JSON on standard input (``Request``); a ``Round`` as JSON, or {"error": …}, as the last
line of standard output. Each engine's code is imported inside its function: what this module
imports would count for every engine's memory.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any, TypedDict

_Run = Callable[[], object]
# V8 runs wasm in its slower baseline tier for the first tens of calls, and each round is a new
# process: with fewer than this the tier is measured, not the network.
_BROWSER_WARM_UP = 40


class Request(TypedDict):
    """What to measure: paths as text, because it travels as JSON."""

    engine: str
    source: str  # a .onnx, or what open_source takes for PyTorch; unused for preprocessing
    factory: str | None  # PyTorch's, when the source is a state dict
    weights: str | None
    model: str  # the packed .onnx whose manifest counts
    tensor: str  # .npy, the network's input
    photo: str
    threads: int
    warm_up: int
    runs: int


def main() -> None:
    """Answer one request."""
    request: Request = json.load(sys.stdin)
    try:
        answer = _measure(request)
    except Exception as error:  # whatever it is, the parent must hear of it
        code = getattr(error, "code", None)
        answer = {
            "error": {
                "code": code,
                "zh": getattr(error, "zh", ""),
                "en": getattr(error, "en", f"{type(error).__name__}: {error}"),
            }
        }
    print(json.dumps(answer))


def _measure(request: Request) -> dict[str, Any]:
    if request["engine"] == "browser":
        return _browser(request)
    engines = {"pytorch": _pytorch, "onnxruntime": _onnxruntime, "preprocess": _preprocess}
    begin = perf_counter()
    load, version = engines[request["engine"]](request)
    imported = perf_counter()
    run = load()
    loaded = perf_counter()
    run()
    first = perf_counter()
    for _ in range(request["warm_up"]):
        run()
    times = []
    for _ in range(request["runs"]):
        start = perf_counter()
        run()
        times.append((perf_counter() - start) * 1000)
    return {
        "import_ms": (imported - begin) * 1000,
        "load_ms": (loaded - imported) * 1000,
        "first_ms": (first - loaded) * 1000,
        "times_ms": times,
        "peak_bytes": peak_bytes(),
        "version": version,
    }


def _pytorch(request: Request) -> tuple[Callable[[], _Run], str]:
    import numpy as np
    import torch

    def load() -> _Run:
        from shiwu_models.export.outputs import answer_of
        from shiwu_models.export.sources import open_source
        from shiwu_models.export.zoo import ZOO

        torch.set_num_threads(request["threads"])
        # The network as its maker runs it: with batch normalisation, as the article times it.
        if request["source"] in ZOO:  # open_source would load it twice, once folded
            module: torch.nn.Module = ZOO[request["source"]].load()
        else:
            weights = Path(request["weights"]) if request["weights"] else None
            opened = open_source(request["source"], factory=request["factory"], weights=weights)
            module = opened.reference.eval()
        tensor = torch.from_numpy(np.load(request["tensor"]))
        return lambda: answer_of(module, tensor)

    return load, str(torch.__version__)


def _onnxruntime(request: Request) -> tuple[Callable[[], _Run], str]:
    import numpy as np
    import onnxruntime as ort

    def load() -> _Run:
        # As runtime.Runner, but from the path: Runner would bring onnx, and its memory, along.
        options = ort.SessionOptions()
        options.intra_op_num_threads = request["threads"]
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        session = ort.InferenceSession(
            request["source"], options, providers=["CPUExecutionProvider"]
        )
        feed = {session.get_inputs()[0].name: np.load(request["tensor"])}
        return lambda: session.run(None, feed)

    return load, str(ort.__version__)


def _preprocess(request: Request) -> tuple[Callable[[], _Run], str]:
    import PIL

    from shiwu_models.preprocess import preprocess

    def load() -> _Run:
        from shiwu_models.graph import load_model
        from shiwu_models.pack import unpack

        manifest = unpack(load_model(Path(request["model"]))).manifest
        photo = Path(request["photo"])
        return lambda: preprocess(photo, manifest.input, manifest.resize)

    return load, f"Pillow {PIL.__version__}"


def _browser(request: Request) -> dict[str, Any]:
    """Node measures itself; the times are of the network, as for the other engines."""
    from shiwu_models.preprocess import load_image
    from shiwu_models.verify.browser import ROOT, BrowserPath

    with BrowserPath(Path(request["source"])) as path:
        start = path.start
        # Pillow's pixels, so that a photo in any format serves.
        photo = load_image(Path(request["photo"]))
        times = path.bench(photo, request["runs"], max(request["warm_up"], _BROWSER_WARM_UP))
    package = ROOT / "node_modules" / "onnxruntime-web" / "package.json"
    version = json.loads(package.read_text(encoding="utf-8"))["version"]
    named = start.core_ms + start.files_ms + start.session_ms + start.first_run_ms
    return {
        # Node's own start and the loading of the programs, then the wasm, files and session.
        "import_ms": start.total_ms - named,
        "load_ms": named - start.first_run_ms,
        "first_ms": start.first_run_ms,
        "times_ms": times.network_ms,
        "peak_bytes": times.peak_rss_bytes,
        "version": f"Web {version}",
    }


def peak_bytes() -> int | None:
    """This process's largest resident set so far; None on Windows.

    Linux: VmHWM. There getrusage's figure outlives exec, so it would be at least the parent's.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
        found = next((line for line in lines if line.startswith("VmHWM:")), None)
        return int(found.split()[1]) * 1024 if found else None
    if sys.platform == "win32":
        return None
    import resource

    # In bytes on macOS, the one system that comes here.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
