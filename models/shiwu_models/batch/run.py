"""The whole run by Ray Data: plan, share out, count."""

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import ray

from shiwu_models.batch.formats import heading
from shiwu_models.batch.place import Place
from shiwu_models.batch.plan import Part, Plan
from shiwu_models.batch.work import MODEL, Options, PartWorker
from shiwu_models.classifier import Classifier
from shiwu_models.errors import ModelError

TRIES = 3  # Ray gives its own processes 30 s to start


@dataclass(frozen=True)
class Progress:
    """How far a run has come."""

    done: int  # pictures, those of earlier runs included
    failed: int  # of this run
    total: int


def classify_all(
    pictures: Iterator[str],
    out: str,
    model: bytes,
    options: Options,
    *,
    address: str | None = None,
    workers: int | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Progress:
    """Names every picture and writes the results to ``out``; what is there already is kept.

    ``address`` of a Ray cluster (``auto``: the one that this machine belongs to); None: this
    machine alone. ``workers``: one a core by default. On a cluster ``out`` and the pictures must be
    reached from every machine. Raises ModelError ``no-photos``, ``other-results``,
    ``no-cluster``, or as ``Classifier`` does.
    """
    place = Place(out)
    plan = Plan(place)
    plan.check_options(options.plain(Classifier(model).sha256))
    if place.read(MODEL) is None:
        place.write(MODEL, model)
    plan.add(pictures)
    parts = list(plan.parts())
    total = sum(part.pictures for part in parts)
    if not total:
        raise ModelError(
            "no-photos",
            zh="一张图片也没有找到。请检查路径；文件夹里只找图片的后缀。",
            en="No pictures were found. Check the path; in folders, files are told by their "
            "endings.",
        )
    there = place.done()
    left = [part for part in parts if part.name not in there]
    now = Progress(total - sum(part.pictures for part in left), 0, total)
    progress(now)
    if left:
        for pictures_done, failed in _by_ray(left, out, options, address, workers):
            now = Progress(now.done + pictures_done, now.failed + failed, total)
            progress(now)
    place.join(
        [part.name for part in parts],
        heading(place.format, options.top_k, features=options.features),
    )
    return now


def _by_ray(
    parts: list[Part],
    out: str,
    options: Options,
    address: str | None,
    workers: int | None,
) -> Iterator[tuple[int, int]]:
    """(pictures, failed) of each part, as they are done."""
    connected = ray.is_initialized()
    if not connected:
        _connect(address)
    try:
        yield from _counts(parts, out, options, workers)
    finally:
        if not connected:
            ray.shutdown()


def _connect(address: str | None) -> None:
    """To the cluster, or to one that is started here: again where a busy machine was too slow."""
    for attempt in range(TRIES):
        try:
            ray.init(
                address=address,
                log_to_driver=False,
                logging_level=logging.ERROR,
                include_dashboard=False if address is None else None,
            )
        except Exception as error:  # Ray raises bare Exceptions, too
            ray.shutdown()
            if address is not None or attempt + 1 == TRIES:
                text = " ".join(str(error).split())[:300]
                raise ModelError(
                    "no-cluster",
                    zh=f"连不上 Ray：{text}。请检查 --address；本机运行时请等机器空一些再试。",
                    en=f"Ray cannot be reached: {text}. Check --address; on this machine alone, "
                    "try again when it is less busy.",
                ) from error
        else:
            return


def _counts(
    parts: list[Part], out: str, options: Options, workers: int | None
) -> Iterator[tuple[int, int]]:
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    there = ray.cluster_resources()  # type: ignore[no-untyped-call]
    cores = int(there.get("CPU", os.cpu_count() or 1))
    count = max(1, min(workers or cores, len(parts)))
    rows = [{"plan": p.plan, "number": p.number, "pictures": p.pictures} for p in parts]
    named = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
        PartWorker,
        fn_constructor_args=(out, options),
        batch_size=1,
        num_cpus=1,
        compute=ray.data.ActorPoolStrategy(size=count),
    )
    for row in named.iter_rows():
        yield int(row["pictures"]), int(row["failed"])
