"""The answers' shapes, for OpenAPI: those of ``web/src/types.ts``."""

from typing import Literal

from pydantic import BaseModel, Field


class Category(BaseModel):
    """A node of the everyday taxonomy: 动物 › 猫."""

    id: str
    zh: str
    en: str
    itself: bool


class Prediction(BaseModel):
    """One class, and how probable it is."""

    index: int
    id: str
    label: str = Field(description="In the language asked for.")
    label_zh: str
    label_en: str
    aliases: list[str]
    categories: list[Category]
    score: float = Field(ge=0, le=1)


class Answer(BaseModel):
    """The most specific thing that can honestly be said."""

    kind: Literal["class", "category", "unknown"]
    id: str | None
    label: str
    label_zh: str
    label_en: str
    score: float = Field(ge=0, le=1)
    path: list[Category]


class Picture(BaseModel):
    """The picture that was looked at."""

    width: int
    height: int
    orientation: int = Field(ge=1, le=8)
    decoder: Literal["pillow"]
    truncated: bool


class Timings(BaseModel):
    """Milliseconds."""

    queue: float
    decode: float
    resize: float
    normalize: float
    inference: float
    postprocess: float
    total: float
    engine: Literal["ort"]


class Classification(BaseModel):
    """What a picture shows: the JSON of the library's ``classify``."""

    predictions: list[Prediction]
    answer: Answer
    image: Picture
    timings: Timings


class PictureFailure(BaseModel):
    """Why there is no answer for one picture."""

    code: str
    zh: str
    en: str
    detail: str


class OneOfMany(BaseModel):
    """What became of one picture: a result or an error."""

    index: int
    result: Classification | None = None
    error: PictureFailure | None = None


class Many(BaseModel):
    """Several pictures' results, in the order of the files."""

    results: list[OneOfMany]


class ProblemDetails(BaseModel):
    """RFC 9457, and the library's code and sentences."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    zh: str
    en: str


EXAMPLE = {
    "predictions": [
        {
            "index": 281,
            "id": "n02123045",
            "label": "虎斑猫",
            "label_zh": "虎斑猫",
            "label_en": "tabby cat",
            "aliases": ["狸花猫"],
            "categories": [
                {"id": "animal", "zh": "动物", "en": "animal", "itself": True},
                {"id": "cat", "zh": "猫", "en": "cat", "itself": True},
            ],
            "score": 0.71,
        }
    ],
    "answer": {
        "kind": "category",
        "id": "cat",
        "label": "猫",
        "label_zh": "猫",
        "label_en": "cat",
        "score": 0.98,
        "path": [
            {"id": "animal", "zh": "动物", "en": "animal", "itself": True},
            {"id": "cat", "zh": "猫", "en": "cat", "itself": True},
        ],
    },
    "image": {
        "width": 451,
        "height": 300,
        "orientation": 1,
        "decoder": "pillow",
        "truncated": False,
    },
    "timings": {
        "queue": 0.4,
        "decode": 3.1,
        "resize": 0.0,
        "normalize": 0.3,
        "inference": 9.8,
        "postprocess": 0.5,
        "total": 14.1,
        "engine": "ort",
    },
}
FAILURE_EXAMPLE = {
    "type": "/problems/corrupt-image",
    "title": "图片已损坏，读不出来，请重新导出或换一张。",
    "status": 422,
    "detail": "broken data stream when reading image file",
    "code": "corrupt-image",
    "zh": "图片已损坏，读不出来，请重新导出或换一张。",
    "en": "The image is damaged and cannot be decoded; export it again or choose another.",
}
