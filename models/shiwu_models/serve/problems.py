"""Errors as RFC 9457 problems: the library's codes and sentences, and a few of our own."""

from collections.abc import Mapping
from typing import Any, cast

from fastapi.responses import JSONResponse

from shiwu_models.library_errors import SENTENCES, PictureCode, PictureError
from shiwu_models.naming import Language

MEDIA_TYPE = "application/problem+json"

STATUS: dict[str, int] = {
    "empty-input": 422,
    "unsupported-format": 415,
    "needs-decoder": 415,
    "unsupported-input": 415,
    "corrupt-image": 422,
    "truncated-image": 422,
    "image-too-large": 413,
    "invalid-argument": 422,
    "unreadable-input": 422,
    "non-finite-scores": 500,
    "inference-failed": 500,
    "out-of-memory": 503,
    "unauthorized": 401,
    "no-such-address": 404,
    "method-not-allowed": 405,
    "body-too-large": 413,
    "too-many-files": 413,
    "busy": 429,
    "not-ready": 503,
}

OWN_SENTENCES: dict[str, tuple[str, str]] = {
    "unauthorized": (
        "需要密钥，请在 Authorization: Bearer 或 X-API-Key 里给出。",
        "A key is needed; give it as Authorization: Bearer, or as X-API-Key.",
    ),
    "no-such-address": (
        "没有这个地址，请看 /docs。",
        "There is nothing at this address; see /docs.",
    ),
    "method-not-allowed": (
        "这个地址不接受这种方法，请看 /docs。",
        "This address does not take this method; see /docs.",
    ),
    "body-too-large": (
        "发来的内容太大，请缩小图片，或分几次发。",
        "The request is too large; make the pictures smaller, or send fewer at a time.",
    ),
    "too-many-files": (
        "一次发来的图片太多，请分几次发。",
        "Too many pictures in one request; send fewer at a time.",
    ),
    "busy": (
        "现在太忙，请过几秒再试。",
        "The service is busy; try again in a few seconds.",
    ),
    "not-ready": (
        "模型还没有准备好，请稍后再试。",
        "The model is not ready yet; try again shortly.",
    ),
}


class Problem(Exception):  # noqa: N818 (RFC 9457's word)
    """What a client did, or asks at a bad moment; ``detail`` says what exactly was found."""

    def __init__(
        self, code: str, detail: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})

    @classmethod
    def of(cls, error: PictureError) -> "Problem":
        """A picture's error as the answer to a request."""
        return cls(error.code, error.detail)

    def plain(self, language: Language = "zh") -> dict[str, Any]:
        """RFC 9457's members, then the library's."""
        zh, en = sentences(self.code)
        return {
            "type": f"/problems/{self.code}",
            "title": zh if language == "zh" else en,
            "status": STATUS[self.code],
            "detail": self.detail,
            "code": self.code,
            "zh": zh,
            "en": en,
        }

    def response(self, language: Language = "zh") -> JSONResponse:
        """As an answer over HTTP."""
        return JSONResponse(
            self.plain(language), STATUS[self.code], self.headers, media_type=MEDIA_TYPE
        )


def sentences(code: str) -> tuple[str, str]:
    """(Chinese, English) of any code."""
    return OWN_SENTENCES[code] if code in OWN_SENTENCES else SENTENCES[cast(PictureCode, code)]
