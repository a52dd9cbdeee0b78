"""The browser's path as a child process: shiwu's C++ in wasm and ONNX Runtime Web, under Node."""

import json
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shiwu_models.errors import ModelError
from shiwu_models.graph import load_model
from shiwu_models.pack import unpack

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = ROOT / "build" / "browser-path.mjs"
NEEDED = (
    PROGRAM,
    ROOT / "build" / "wasm-release" / "shiwu_wasm.wasm",
    ROOT / "node_modules" / "onnxruntime-web" / "package.json",
)
# What the C++ core answers for WebP, AVIF and HEIC, which on the page the browser itself decodes.
NOT_OURS = "unsupported-format"


@dataclass(frozen=True)
class Start:
    """What it took to begin: milliseconds, and the process's memory afterwards in bytes."""

    core_ms: float  # compiling the C++ core
    files_ms: float  # reading the model, its manifest and ONNX Runtime's wasm
    session_ms: float  # ONNX Runtime Web, from its wasm's bytes to a session
    first_run_ms: float  # on a blank picture
    total_ms: float  # from the process's own start to the end of the first run
    rss_bytes: int
    peak_rss_bytes: int


@dataclass(frozen=True)
class Ranked:
    """One named answer."""

    index: int
    score: float
    id: str
    zh: str
    en: str


@dataclass(frozen=True)
class Network:
    """What the path makes of a tensor."""

    logits: NDArray[np.float32]  # [classes]
    scores: NDArray[np.float32]  # [classes], by the manifest's task and temperature
    top: tuple[Ranked, ...]  # the best five


@dataclass(frozen=True)
class Picture:
    """Every arrow's datum for one picture."""

    decoded: NDArray[np.uint8] | None  # upright RGB [h, w, 3]; None unless asked for
    resized: NDArray[np.uint8]  # RGB [H, W, 3], of the model's size
    tensor: NDArray[np.float32]  # a batch of one, in the manifest's layout
    network: Network


@dataclass(frozen=True)
class Times:
    """Milliseconds of each run, arrow by arrow, and memory in bytes afterwards."""

    decode_ms: list[float]
    resize_ms: list[float]
    normalize_ms: list[float]
    network_ms: list[float]
    scores_ms: list[float]
    rss_bytes: int
    peak_rss_bytes: int


class BrowserPath:
    """A packed .onnx in the browser's path. A context manager: the process ends with it.

    ``start`` says what the start took; ``picture``, ``tensor`` and ``bench`` ask one thing each.
    A picture is given as a file, which the C++ core decodes, or as Pillow's upright RGB pixels.
    Raises ModelError ``browser-path`` when Node, the build or the packages are missing, and when
    the path refuses what it is given.
    """

    def __init__(self, model: Path) -> None:
        node = check_ready()
        self._folder = TemporaryDirectory(prefix="shiwu-")
        self._out = Path(self._folder.name)
        self._process = subprocess.Popen(  # noqa: S603 (our own program)
            [node, str(PROGRAM), str(model)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        try:
            started = self._line()
            _refuse(started)
            self.start = Start(**started)
            # Read here too, because files hold numbers without their shape.
            self._input = unpack(load_model(model)).manifest.input
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process. It ends by itself when its input does."""
        stdin, stdout = self._pipes()
        with suppress(BrokenPipeError):  # it has ended already
            stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        stdout.close()
        self._folder.cleanup()

    def picture(self, source: Path | Image.Image, *, decoded: bool = False) -> Picture | None:
        """Every arrow's datum; ``decoded`` asks for the decoder's pixels too.

        None when ``source`` is a file in a format that on the page the browser decodes, not the
        C++ core: give Pillow's pixels instead.
        """
        answer = self._ask(
            op="picture", source=self._source(source), out=str(self._out), decoded=decoded
        )
        if isinstance(source, Path) and _code(answer) == NOT_OURS:
            return None
        _refuse(answer)
        height, width = self._input.size
        nchw = self._input.layout == "NCHW"
        return Picture(
            decoded=self._pixels("decoded.u8", answer["height"], answer["width"])
            if decoded
            else None,
            resized=self._pixels("resized.u8", height, width),
            tensor=self._floats("tensor.f32").reshape(
                (1, 3, height, width) if nchw else (1, height, width, 3)
            ),
            network=self._network(answer),
        )

    def tensor(self, tensor: NDArray[np.float32]) -> Network:
        """The network alone, on a batch of one in the manifest's layout."""
        file = self._out / "given.f32"
        file.write_bytes(np.ascontiguousarray(tensor, dtype="<f4").tobytes())
        answer = self._ask(op="tensor", tensor=str(file), out=str(self._out))
        _refuse(answer)
        return self._network(answer)

    def bench(self, source: Path | Image.Image, runs: int, warm_up: int = 15) -> Times:
        """Time ``runs`` runs of every arrow, after ``warm_up`` that do not count.

        V8 runs wasm in its slower baseline tier for the first tens of calls: hence the warm-up.
        """
        answer = self._ask(op="bench", source=self._source(source), runs=runs, warmUp=warm_up)
        _refuse(answer)
        return Times(**answer)

    def _source(self, source: Path | Image.Image) -> dict[str, Any]:
        if isinstance(source, Path):
            return {"file": str(source.resolve())}
        file = self._out / "given.rgb"
        file.write_bytes(source.convert("RGB").tobytes())
        return {"pixels": str(file), "width": source.width, "height": source.height}

    def _network(self, answer: dict[str, Any]) -> Network:
        return Network(
            logits=self._floats("logits.f32"),
            scores=self._floats("scores.f32"),
            top=tuple(Ranked(**ranked) for ranked in answer["top"]),
        )

    def _floats(self, name: str) -> NDArray[np.float32]:
        return np.fromfile(self._out / name, dtype="<f4").astype(np.float32, copy=False)

    def _pixels(self, name: str, height: int, width: int) -> NDArray[np.uint8]:
        return np.fromfile(self._out / name, dtype=np.uint8).reshape(height, width, 3)

    def _ask(self, **request: object) -> dict[str, Any]:
        stdin, _ = self._pipes()
        with suppress(BrokenPipeError):  # _line says that it has ended
            stdin.write(json.dumps(request) + "\n")
            stdin.flush()
        return self._line()

    def _line(self) -> dict[str, Any]:
        line = self._pipes()[1].readline()
        if not line:
            raise ModelError(
                "browser-path",
                zh="浏览器路径的 Node 进程意外结束，原因见上方输出；多为内存不足或构建过期，"
                "请运行 npm run build 后再试。",
                en="The browser path's Node process ended early (its output is above), for want of "
                "memory or with an old build: run npm run build and try again.",
            )
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        return stdin, stdout


def check_ready() -> str:
    """Node's path, once all that the program needs is there; else ModelError ``browser-path``."""
    node = which("node")
    missing = next((path for path in NEEDED if not path.exists()), None)
    if node is None or missing is not None:
        what = "node" if node is None or missing is None else str(missing.relative_to(ROOT))
        raise ModelError(
            "browser-path",
            zh=f"浏览器路径缺少 {what}：请先装好 Node（20.19 或更新），再在项目根目录运行 "
            "npm ci && npm run build；或用 --no-browser 跳过这一路。",
            en=f"The browser path lacks {what}: with Node 20.19 or newer, run "
            "npm ci && npm run build in the project's root, or leave it out with --no-browser.",
        )
    return node


def _code(answer: dict[str, Any]) -> str:
    return str(answer["error"]["code"]) if "error" in answer else ""


def _refuse(answer: dict[str, Any]) -> None:
    """Raise the path's own error, if ``answer`` is one."""
    if "error" not in answer:
        return
    error = answer["error"]
    detail = f"（{error['detail']}）" if error["detail"] else ""
    raise ModelError(
        "browser-path",
        zh=f"浏览器路径报错 {error['code']}：{error['zh']}{detail}",
        en=f"The browser path reports {error['code']}: {error['en']} ({error['detail']})",
    )
