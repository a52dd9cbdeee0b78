"""The application: addresses, and what each asks of the service."""

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from shiwu_models import __version__
from shiwu_models.library_errors import PictureError
from shiwu_models.naming import Asked, Language
from shiwu_models.picture import Region
from shiwu_models.serve.body import pictures_of
from shiwu_models.serve.logs import LOGGER, log
from shiwu_models.serve.middleware import Bounded, Observed
from shiwu_models.serve.problems import MEDIA_TYPE, STATUS, Problem, sentences
from shiwu_models.serve.schema import (
    EXAMPLE,
    FAILURE_EXAMPLE,
    Classification,
    Many,
    ProblemDetails,
)
from shiwu_models.serve.service import Service
from shiwu_models.serve.settings import Settings

_BY_STATUS = {404: "no-such-address", 405: "method-not-allowed"}
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FORM = {
    "schema": {
        "oneOf": [
            {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
                "additionalProperties": False,
            },
            {
                "type": "object",
                "required": ["files"],
                "properties": {
                    "files": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"type": "string", "format": "binary"},
                    }
                },
                "additionalProperties": False,
            },
        ]
    }
}


def make_app(settings: Settings) -> FastAPI:
    """A service of one model. Raises nothing: a model that cannot be loaded ends the start."""
    service = Service(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await service.start()
        log("ready", model=service.classifier.manifest.id, sha256=service.classifier.sha256)
        yield
        await service.close()
        log("ended")

    app = FastAPI(
        title="识物 shiwu",
        version=__version__,
        summary="说出照片里是什么。Names what photos show.",
        lifespan=lifespan,
        responses=_problems(422) if settings.api_key is None else _problems(401, 422),
    )
    _handle_errors(app)
    app.add_middleware(Bounded, limit=settings.max_body)
    if settings.cors:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.cors),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "X-API-Key"],
            expose_headers=["Retry-After", "X-Request-Id"],
        )
    app.add_middleware(Observed, metrics=service.metrics)
    _add_addresses(app, service)
    return app


def _add_addresses(app: FastAPI, service: Service) -> None:
    settings = service.settings
    guard = [Depends(_key_check(settings.api_key))] if settings.api_key else []

    @app.post(
        "/v1/classify",
        dependencies=guard,
        summary="一张或几张图片里是什么 What one or several pictures show",
        responses={
            200: {
                "model": Classification | Many,
                "content": {
                    "application/json": {
                        "examples": {
                            "one": {"summary": "a picture, or `file`", "value": EXAMPLE},
                            "several": {
                                "summary": "`files`",
                                "value": {"results": [{"index": 0, "result": EXAMPLE}]},
                            },
                        }
                    }
                },
            },
            **_problems(413, 415, 422, 429, 500, 503),
        },
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {
                    "image/jpeg": _BINARY,
                    "image/png": _BINARY,
                    "application/octet-stream": _BINARY,
                    "multipart/form-data": _FORM,
                },
            }
        },
    )
    async def classify(
        request: Request,
        top_k: Annotated[int, Query(ge=1, le=1000, description="Names at most.")] = 5,
        threshold: Annotated[
            float | None, Query(ge=0, le=1, description="Leaves out lower scores.")
        ] = None,
        lang: Annotated[Language, Query(description="Of `label`, and of problems.")] = "zh",
        region: Annotated[
            str | None,
            Query(
                pattern=r"^[0-9]{1,6},[0-9]{1,6},[1-9][0-9]{0,5},[1-9][0-9]{0,5}$",
                description="x,y,width,height: a part of the upright picture, in pixels.",
                examples=["0,0,200,150"],
            ),
        ] = None,
    ) -> Response:
        """Send a picture as the body (`image/*` or `application/octet-stream`), or a form with one
        part called `file`: the answer is the JSON of the library's `classify`. A form with parts
        called `files` is answered by a list, in which a bad picture has an `error`."""
        asked_at = perf_counter()
        facts = request.state.facts
        asked = Asked(top_k, threshold, lang)
        part = Region(*map(int, region.split(","))) if region else None
        service.classifier  # noqa: B018 (not ready: said before anything is read)
        with service.taking(1):
            sent = await pictures_of(request, settings)
            facts |= {"pictures": len(sent.files), "bytes": sum(map(len, sent.files))}
            if not sent.several:
                return JSONResponse(await service.classify(sent.files[0], asked, part, asked_at))
            with service.taking(len(sent.files) - 1):
                found = await service.classify_each(sent.files, asked, part, asked_at)
        failed = [each["error"]["code"] for each in found if "error" in each]
        facts |= {"failed": len(failed)}
        return JSONResponse({"results": found})

    @app.get(
        "/v1/model",
        dependencies=guard,
        summary="模型和限制 The model, and what may be sent",
        responses=_problems(503),
    )
    async def model() -> dict[str, Any]:
        return service.describe()

    @app.get(
        "/problems/{code}",
        summary="一种错误 What a problem's type stands for",
        responses={200: {"model": dict[str, Any]}, **_problems(404)},
    )
    async def problem(code: str) -> dict[str, Any]:
        if code not in STATUS:
            raise Problem("no-such-address")
        zh, en = sentences(code)
        return {"code": code, "status": STATUS[code], "zh": zh, "en": en}

    @app.get("/healthz", summary="活着 Alive")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", summary="可以接活 Ready", responses=_problems(503))
    async def readyz() -> dict[str, str]:
        service.classifier  # noqa: B018 (raises while it is not)
        return {"status": "ready"}

    @app.get(
        "/metrics",
        summary="Prometheus",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def metrics() -> Response:
        return Response(service.metrics.text(), media_type=service.metrics.content_type)


def _key_check(key: str) -> Any:  # noqa: ANN401 (what FastAPI makes a dependency of)
    bearer, header = HTTPBearer(auto_error=False), APIKeyHeader(name="X-API-Key", auto_error=False)

    async def check(
        by_bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
        by_header: Annotated[str | None, Depends(header)],
    ) -> None:
        given = by_bearer.credentials if by_bearer else by_header or ""
        if not hmac.compare_digest(given.encode(), key.encode()):
            raise Problem("unauthorized", headers={"WWW-Authenticate": "Bearer"})

    return check


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {
        status: {
            "description": "A problem (RFC 9457), with the library's code.",
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/ProblemDetails"},
                    "example": FAILURE_EXAMPLE,
                }
            },
        }
        for status in statuses
    }


def _handle_errors(app: FastAPI) -> None:
    def language_of(request: Request) -> Language:
        return "en" if request.query_params.get("lang") == "en" else "zh"

    def answer(request: Request, problem: Problem) -> Response:
        facts = getattr(request.state, "facts", None)
        if facts is not None:
            facts["code"] = problem.code
        return problem.response(language_of(request))

    @app.exception_handler(Problem)
    async def on_problem(request: Request, error: Problem) -> Response:
        return answer(request, error)

    @app.exception_handler(PictureError)
    async def on_picture(request: Request, error: PictureError) -> Response:
        return answer(request, Problem.of(error))

    @app.exception_handler(RequestValidationError)
    async def on_validation(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        return answer(request, Problem("invalid-argument", f"{where}: {first['msg']}"))

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> Response:
        code = _BY_STATUS.get(error.status_code, "invalid-argument")
        return answer(request, Problem(code, headers=error.headers))

    @app.exception_handler(Exception)
    async def on_any(request: Request, error: Exception) -> Response:
        LOGGER.error("failed", exc_info=error)
        return answer(request, Problem("inference-failed", type(error).__name__))

    make = app.openapi

    def openapi() -> dict[str, Any]:
        document = make()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas.setdefault("ProblemDetails", ProblemDetails.model_json_schema())
        # FastAPI's own form of a refusal, which is never sent.
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        return document

    app.openapi = openapi  # type: ignore[method-assign]
