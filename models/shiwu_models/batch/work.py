"""One part's work, as a worker of the cluster does it."""

from dataclasses import asdict, dataclass
from typing import Any

from shiwu_models.batch.classify import Classify
from shiwu_models.batch.formats import write_part
from shiwu_models.batch.place import Place
from shiwu_models.batch.plan import Part, Plan
from shiwu_models.library_errors import PictureError
from shiwu_models.naming import Language
from shiwu_models.picture import MAX_PIXELS, Precision

MODEL = "model.onnx"


@dataclass(frozen=True)
class Options:
    """What is asked of every picture; part of what a run's results are known by."""

    top_k: int = 5
    threshold: float | None = None
    language: Language = "zh"
    features: bool = False
    precision: Precision = "fast"
    max_pixels: int = MAX_PIXELS

    def plain(self, model_sha256: str) -> dict[str, Any]:
        """As JSON types, with the model's digest."""
        return asdict(self) | {"model": model_sha256}


class PartWorker:
    """A callable class for Ray's actors: parts in, counts out; the rows go to files."""

    def __init__(self, out: str, options: Options) -> None:
        """The model lies with the plan, where every machine can reach it."""
        self._place = Place(out)
        model = self._place.read(MODEL)
        assert model is not None
        self._plan = Plan(self._place)
        self._options = options
        self._classify = Classify(
            model,
            top_k=options.top_k,
            threshold=options.threshold,
            features=options.features,
            precision=options.precision,
            max_pixels=options.max_pixels,
        )

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[int]]:
        """Columns ``plan``, ``number``, ``pictures``; gives how many pictures, and how many bad."""
        parts = [
            Part(int(plan), int(number), int(pictures))
            for plan, number, pictures in zip(
                batch["plan"], batch["number"], batch["pictures"], strict=True
            )
        ]
        failed = [self.do(part) for part in parts]
        return {"pictures": [part.pictures for part in parts], "failed": failed}

    def do(self, part: Part) -> int:
        """Names a part's pictures and writes their rows; how many have an error."""
        pictures = self._plan.pictures(part)
        found = self._classify.answers(pictures, addresses=True)
        with self._place.writing_part(part.name) as file:
            write_part(
                file,
                self._place.format,
                pictures,
                found,
                features=self._options.features,
                language=self._options.language,
                top_k=self._options.top_k,
            )
        return sum(isinstance(each, PictureError) for each in found)
