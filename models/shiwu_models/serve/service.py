"""The model behind the addresses: who is let in, decoded, run and named."""

import asyncio
import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shiwu_models.classifier import Classifier, Output
from shiwu_models.errors import ModelError
from shiwu_models.library_errors import PictureError
from shiwu_models.naming import Asked
from shiwu_models.picture import Region
from shiwu_models.serve.batching import Batcher
from shiwu_models.serve.metrics import Metrics
from shiwu_models.serve.problems import Problem
from shiwu_models.serve.settings import Settings

Json = dict[str, Any]
Tensor = NDArray[np.float32]

# Of the network at once, each on half of the cores (settings.py): what one run does by itself, on
# one core, leaves the others to the second.
RUNS = 2


class Service:
    """Made once for an application; ``start`` loads the model."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is loaded yet."""
        self.settings = settings
        self.metrics = Metrics()
        self._decoders = ThreadPoolExecutor(settings.decoders, "decoder")
        self._classifier: Classifier | None = None
        self._batcher: Batcher[Tensor, Output] | None = None
        self._taken = 0  # pictures let in and not answered
        self._pace = 0.05  # seconds a picture, lately

    async def start(self) -> None:
        """Loads the model and runs it once: first runs are slow. Raises ModelError."""
        loop = asyncio.get_running_loop()
        make = partial(Classifier, self.settings.model, self.settings.threads)
        classifier = await loop.run_in_executor(self._decoders, make)
        height, width = classifier.manifest.input.size
        layout = classifier.manifest.input.layout
        shape = (1, 3, height, width) if layout == "NCHW" else (1, height, width, 3)
        await loop.run_in_executor(self._decoders, classifier.run, [np.zeros(shape, np.float32)])
        self._batcher = Batcher(
            classifier.run,
            max_batch=1 if classifier.fixed_batch else self.settings.max_batch,
            max_wait=self.settings.max_wait,
            on_their_way=lambda: self._taken,
            runs=RUNS,
        )
        self._batcher.start()
        self._classifier = classifier

    async def close(self) -> None:
        """After what was let in has been answered."""
        self._classifier, batcher = None, self._batcher
        if batcher is not None:
            await batcher.close()
        self._decoders.shutdown()

    @property
    def classifier(self) -> Classifier:
        """Raises Problem ``not-ready`` until it is loaded, and from when the service ends on."""
        if self._classifier is None:
            raise Problem("not-ready", headers={"Retry-After": "1"})
        return self._classifier

    @contextmanager
    def taking(self, pictures: int) -> Iterator[None]:
        """So many more are in the house. Raises Problem ``busy`` where they do not fit."""
        if self._taken + pictures > self.settings.queue:
            seconds = max(1, math.ceil(self._taken * self._pace))
            raise Problem("busy", headers={"Retry-After": str(seconds)})
        self._count(pictures)
        try:
            yield
        finally:
            self._count(-pictures)

    def _count(self, change: int) -> None:
        self._taken += change
        self.metrics.queue.set(self._taken)
        if change < 0 and self._batcher is not None:
            self._batcher.expect_fewer()

    async def classify(
        self, data: bytes, asked: Asked, region: Region | None, asked_at: float
    ) -> Json:
        """The library's JSON for one file, for which there is a place (``taking``). Raises
        PictureError."""
        classifier, batcher = self.classifier, self._batcher
        assert batcher is not None
        loop = asyncio.get_running_loop()
        try:
            prepared = await loop.run_in_executor(
                self._decoders,
                partial(
                    classifier.prepare,
                    data,
                    precision=self.settings.precision,
                    max_pixels=self.settings.max_pixels,
                    region=region,
                ),
            )
            decoded = perf_counter()
            ran = await batcher.submit(prepared.tensor)
            start = perf_counter()
            named = await loop.run_in_executor(self._decoders, classifier.name, ran.answer, asked)
        except ModelError as error:  # of the network itself
            self.metrics.pictures.labels("inference-failed").inc()
            raise PictureError("inference-failed", error.en) from error
        except PictureError as error:
            self.metrics.pictures.labels(error.code).inc()
            raise
        end = perf_counter()
        timings: Json = {
            "queue": 1e3 * (decoded - asked_at) - prepared.decode - prepared.normalize + ran.waited,
            "decode": prepared.decode,
            "resize": 0.0,  # decoding did it
            "normalize": prepared.normalize,
            "inference": ran.ran,
            "postprocess": 1e3 * (end - start),
            "total": 1e3 * (end - asked_at),
            "engine": "ort",
        }
        self._measure(timings, ran.batch)
        return {**named, "image": prepared.picture, "timings": timings}

    async def classify_each(
        self, files: Sequence[bytes], asked: Asked, region: Region | None, asked_at: float
    ) -> list[Json]:
        """As the library's ``classifyMany``: a bad picture is one of the results."""
        found = await asyncio.gather(
            *(self.classify(data, asked, region, asked_at) for data in files),
            return_exceptions=True,
        )
        results: list[Json] = []
        for index, each in enumerate(found):
            if isinstance(each, PictureError):
                results.append({"index": index, "error": each.plain()})
            elif isinstance(each, BaseException):
                raise each
            else:
                results.append({"index": index, "result": each})
        return results

    def _measure(self, timings: Json, batch: int) -> None:
        self.metrics.pictures.labels("ok").inc()
        self.metrics.batch.observe(batch)
        for stage in ("queue", "decode", "normalize", "inference", "postprocess"):
            self.metrics.stages.labels(stage).observe(max(timings[stage], 0) / 1e3)
        # What one more picture takes, for Retry-After: a run is shared by its batch.
        self._pace += 0.1 * (timings["inference"] / batch / 1e3 - self._pace)

    def describe(self) -> Json:
        """What runs here, and what may be sent."""
        classifier, settings = self.classifier, self.settings
        manifest = classifier.manifest
        return {
            "model": {
                "id": manifest.id,
                "version": manifest.version,
                "name": {"zh": manifest.name.zh, "en": manifest.name.en},
                "license": manifest.license,
                "source": manifest.source,
                "classes": len(classifier.names.labels),
                "size": list(manifest.input.size),
                "bytes": classifier.bytes,
                "task": manifest.task,
                "sha256": classifier.sha256,
            },
            "engine": "ort",
            "backend": "cpu",
            "threads": settings.threads,
            "precision": settings.precision,
            "limits": {
                "bytes": settings.max_bytes,
                "pixels": settings.max_pixels,
                "files": settings.max_files,
                "queue": settings.queue,
                "batch": settings.max_batch,
            },
        }
