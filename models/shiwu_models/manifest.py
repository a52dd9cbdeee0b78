"""The manifest: everything a program must know of a model besides its graph.

These classes are the truth in Python; ``models/manifest.schema.json`` is generated from them
(``shiwu-models schema``) and a test holds the two equal.
"""

import hashlib
import json
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shiwu_models.errors import ModelError

MANIFEST_KEY = "shiwu.manifest"
LABELS_KEY = "shiwu.labels"
TAXONOMY_KEY = "shiwu.taxonomy"

Positive = Annotated[int, Field(gt=0)]
Triple = tuple[float, float, float]
NonZero = Annotated[float, Field(gt=0)]
Text = Annotated[str, Field(min_length=1)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Part(BaseModel):
    # Unknown fields are refused: a misspelt "crop_fracton" must not silently mean the default.
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Name(_Part):
    """What people call the model."""

    zh: Text
    en: Text


class Input(_Part):
    """The input tensor, float32: ``tensor = (x * scale - mean) / std`` with x in 0..255.

    ``mean`` and ``std`` are in the order of the tensor's channels (blue first for BGR).
    """

    name: Text = Field(description="Name of the graph's input.")
    layout: Literal["NCHW", "NHWC"]
    size: tuple[Positive, Positive] = Field(description="[height, width] in pixels.")
    color: Literal["RGB", "BGR"]
    scale: NonZero
    mean: Triple
    std: tuple[NonZero, NonZero, NonZero]


class Resize(_Part):
    """How a picture of any shape becomes the input's shape."""

    mode: Literal["crop-shortest", "stretch", "pad"] = Field(
        description=(
            "crop-shortest: the centred part with the input's aspect ratio, times crop_fraction; "
            "stretch: the whole picture, squashed; pad: the whole picture, centred on black."
        )
    )
    crop_fraction: float = Field(default=1.0, gt=0, le=1)
    filter: Literal["box", "bilinear", "hamming", "bicubic", "lanczos"] = Field(
        description="Pillow's antialiased filters."
    )


class Outputs(_Part):
    """Names of the graph's outputs."""

    logits: Text = Field(description="[N, classes], before softmax or sigmoid.")
    features: Text | None = Field(
        default=None, description="[N, D], the embedding that the classifier reads."
    )


class Head(_Part):
    """Initialisers of the linear classifier: logits = features @ weight.T + bias."""

    weight: Text = Field(description="[classes, D], float32, or int8 when scale is given.")
    scale: Text | None = Field(
        default=None, description="[classes], float32: the real weight is weight * scale, by row."
    )
    bias: Text = Field(description="[classes], float32.")


class Calibration(_Part):
    """probability = softmax(logits / temperature), or sigmoid; and how answers come of them."""

    temperature: NonZero
    hedge: float | None = Field(
        default=None,
        ge=0,
        description="What being right weighs against being specific in an honest answer.",
    )
    familiar: float | None = Field(
        default=None,
        description="The least log sum exp of the logits of a picture of something known.",
    )


class Labels(_Part):
    """The table under ``shiwu.labels`` in the same file."""

    count: Positive
    sha256: Sha256 = Field(description="Of the table's UTF-8 bytes.")

    @classmethod
    def of(cls, table: str) -> Self:
        """Of a table's text, one row a class below its heading."""
        count = len(table.removesuffix("\n").split("\n")) - 1
        return cls(count=count, sha256=hashlib.sha256(table.encode()).hexdigest())


class Accuracy(_Part):
    """Counts on one set of labelled photos, with the float model beside this one."""

    photos: Positive
    top1: int = Field(ge=0)
    top5: int = Field(ge=0)
    float_top1: int = Field(ge=0)
    float_top5: int = Field(ge=0)
    same_top1: int = Field(ge=0, description="Photos on which both give the same first answer.")


class Parity(_Part):
    """What has been measured of the model.

    The first two are upper bounds, as a fraction of the logits' range (max - min): the figures
    themselves change in their last digits from one processor to the next, and the file must not.
    """

    pytorch_onnxruntime: NonZero = Field(
        description="PyTorch with this file's weights against ONNX Runtime on this file."
    )
    weights_sha256: Sha256 = Field(description="Digest of the initialisers that were measured.")
    accuracy: Accuracy | None = None


class Manifest(_Part):
    """The whole manifest, schema version 1."""

    schema_version: Literal[1]
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    name: Name
    task: Literal["single-label", "multi-label"]
    input: Input
    resize: Resize
    outputs: Outputs
    head: Head | None = None
    calibration: Calibration
    labels: Labels
    license: Text = Field(description="SPDX expression.")
    source: Text = Field(description="Where the weights come from.")
    made_by: dict[str, str] = Field(description="Tool → version.")
    parity: Parity | None = None

    def compact(self) -> str:
        """JSON on one line, UTF-8 text, without the optional fields that are absent."""
        return json.dumps(self.plain(), ensure_ascii=False, separators=(",", ":"))

    def pretty(self) -> str:
        """The same JSON, indented by two, ending in a newline."""
        return json.dumps(self.plain(), ensure_ascii=False, indent=2) + "\n"

    def plain(self) -> dict[str, Any]:
        """As JSON types; absent optional fields are left out."""
        return self.model_dump(mode="json", exclude_none=True)


def parse_manifest(text: str) -> Manifest:
    """Read a manifest from JSON. Raises ModelError ``invalid-manifest`` with what is wrong."""
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "(root)"
        raise _wrong(where, first["msg"]) from error


def _wrong(where: str, message: str) -> ModelError:
    return ModelError(
        "invalid-manifest",
        zh=f"清单有误：{where}：{message}。请对照 manifest.schema.json 改正。",
        en=f"The manifest is wrong at {where}: {message}. See manifest.schema.json.",
    )


def check_schema(content: dict[str, Any]) -> None:
    """Hold a manifest, as JSON types, against the JSON Schema that other languages go by.

    Raises ModelError ``invalid-manifest`` with what is wrong.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    error = best_match(Draft202012Validator(json.loads(json_schema())).iter_errors(content))
    if error is not None:
        where = ".".join(str(part) for part in error.absolute_path) or "(root)"
        raise _wrong(where, error.message) from error


def json_schema() -> str:
    """The JSON Schema (2020-12) of the manifest, as pretty JSON ending in a newline."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Manifest.model_json_schema(mode="validation"),
        "title": "shiwu model manifest",
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
