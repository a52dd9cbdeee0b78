"""One packed .onnx, ready to name pictures: what the service and the cluster both run.

Three arrows, each of which may run in another thread: ``prepare`` (a file to a tensor), ``run``
(tensors to outputs) and ``name`` (an output to the library's JSON).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto

from shiwu_models.errors import ModelError
from shiwu_models.graph import cannot_open, check_model
from shiwu_models.head import Head
from shiwu_models.library_errors import PictureError
from shiwu_models.naming import Asked, Named, Names, finite
from shiwu_models.pack import unpack
from shiwu_models.picture import MAX_PIXELS, Precision, Region, read_picture
from shiwu_models.preprocess import normalize
from shiwu_models.runtime import Runner

Json = dict[str, Any]


@dataclass(frozen=True)
class Prepared:
    """A picture on its way into the network."""

    tensor: NDArray[np.float32]  # [1, …], as the manifest says
    picture: Json  # ``image`` of the answer
    decode: float = 0.0  # milliseconds, to the model's size
    normalize: float = 0.0


@dataclass(frozen=True)
class Output:
    """What the network gave for one picture."""

    logits: NDArray[np.float32]  # [outputs]
    features: NDArray[np.float32] | None  # [D], where they were asked for and the model has them


@dataclass(frozen=True)
class Scored:
    """An output by its labels."""

    scores: NDArray[np.float32]  # [labels], 0 to 1
    answer: Named


def read_model(path: Path) -> bytes:
    """The file's bytes. Raises ModelError ``invalid-model``."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise cannot_open(path, error) from error


def parse_model(data: bytes) -> ModelProto:
    """A packed model, all in one file, checked. Raises ModelError as ``check_model``, or
    ``invalid-model``."""
    try:
        model: ModelProto = onnx.load_model_from_string(data)
    except Exception as error:  # onnx raises whatever protobuf does
        raise ModelError(
            "invalid-model",
            zh=f"这不是完好的 ONNX 文件：{error}。请重新导出或重新下载。",
            en=f"This is not a sound ONNX file: {error}. Export or fetch it again.",
        ) from error
    check_model(model)
    return model


class Classifier:
    """Thread-safe: nothing changes after it is made."""

    def __init__(self, source: Path | str | bytes, threads: int = 1) -> None:
        """A file's path or its bytes; ``threads`` of one run. Raises ModelError as ``load_model``
        and ``unpack`` do."""
        data = source if isinstance(source, bytes) else read_model(Path(source))
        model = parse_model(data)
        packed = unpack(model)
        self.manifest = packed.manifest
        self.names = Names(packed)
        outputs = self.manifest.outputs
        self._head = Head.of(model, outputs.logits, self.manifest)
        self._runner = Runner(model, threads)
        self.bytes = len(data)
        self.sha256 = hashlib.sha256(data).hexdigest()
        batch = model.graph.input[0].type.tensor_type.shape.dim[0].dim_value
        # What a network was built for; a free batch is as large as the caller likes.
        self.fixed_batch: int | None = batch or None
        if self.fixed_batch not in (None, 1):
            raise ModelError(
                "input-mismatch",
                zh=f"模型一次固定要 {batch} 张图片；请重新导出，让批次可变或为 1。",
                en=f"The model takes exactly {batch} pictures at a time; export it again with a "
                "batch that is free, or 1.",
            )

    def prepare(
        self,
        data: bytes,
        *,
        precision: Precision = "fast",
        max_pixels: int = MAX_PIXELS,
        region: Region | None = None,
    ) -> Prepared:
        """Decode, fit, normalise. Raises PictureError as ``read_picture`` does."""
        start = perf_counter()
        spec = self.manifest.input
        picture = read_picture(
            data,
            spec.size,
            self.manifest.resize,
            precision=precision,
            max_pixels=max_pixels,
            region=region,
        )
        decoded = perf_counter()
        tensor = normalize(picture.pixels, spec)
        return Prepared(
            tensor,
            picture.plain(),
            1e3 * (decoded - start),
            1e3 * (perf_counter() - decoded),
        )

    def run(
        self, tensors: Sequence[NDArray[np.float32]], *, features: bool = False
    ) -> list[Output]:
        """Tensors of one picture each; one call of ONNX Runtime where the model allows it."""
        if self.fixed_batch == 1 and len(tensors) > 1:
            return [self.run([tensor], features=features)[0] for tensor in tensors]
        names = self.manifest.outputs
        wanted = [names.logits]
        if features and names.features:
            wanted.append(names.features)
        found = self._runner.run_all(np.concatenate(tensors), wanted)
        return [
            Output(found[0][row], found[1][row] if len(found) > 1 else None)
            for row in range(len(tensors))
        ]

    def score(self, output: Output) -> Scored:
        """Raises PictureError ``non-finite-scores``."""
        logits = finite(output.logits)
        scores = self._head.scores(logits).astype(np.float32)
        exclusive = self._head.activation == "Softmax"
        return Scored(scores, self.names.answer(logits, scores, exclusive=exclusive))

    def name(self, output: Output, asked: Asked) -> Json:
        """``predictions`` and ``answer`` of the library's JSON."""
        scored = self.score(output)
        return {
            "predictions": self.names.predictions(scored.scores, asked),
            "answer": scored.answer.plain(asked.language),
        }

    def classify(self, files: Sequence[bytes], want: "Wanted") -> list["Classified | PictureError"]:
        """Files to their answers, all arrows at once, in one run of the network; a bad picture has
        its error and spoils no other."""
        found: list[Classified | PictureError] = []
        prepared: dict[int, Prepared] = {}
        for place, data in enumerate(files):
            try:
                prepared[place] = self.prepare(
                    data, precision=want.precision, max_pixels=want.max_pixels
                )
            except PictureError as error:
                found.append(error)
            else:
                found.append(PictureError("inference-failed"))  # until there is an answer
        if not prepared:
            return found
        try:
            outputs = self.run([each.tensor for each in prepared.values()], features=want.features)
        except ModelError as error:
            failed = PictureError("inference-failed", error.en)
            return [failed if place in prepared else each for place, each in enumerate(found)]
        for (place, each), output in zip(prepared.items(), outputs, strict=True):
            try:
                answer = {**self.name(output, want.asked), "image": each.picture}
                found[place] = Classified(answer, output.features)
            except PictureError as error:
                found[place] = error
        return found


@dataclass(frozen=True)
class Wanted:
    """How files are read, and what is asked of each."""

    asked: Asked = field(default_factory=Asked)
    features: bool = False
    precision: Precision = "fast"
    max_pixels: int = MAX_PIXELS


@dataclass(frozen=True)
class Classified:
    """The library's JSON for one picture, and its embedding where it was asked for."""

    answer: Json  # predictions, answer, image
    features: NDArray[np.float32] | None
