"""What a request carries: one picture as it is, or files in a form."""

from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from shiwu_models.serve.problems import Problem
from shiwu_models.serve.settings import Settings

RAW = ("application/octet-stream", "image/")


@dataclass(frozen=True)
class Pictures:
    """Files' bytes in order; ``several``: sent as ``files``, so that the answer is a list."""

    files: list[bytes]
    several: bool


async def pictures_of(request: Request, settings: Settings) -> Pictures:
    """Reads no more than the settings allow. Raises Problem ``unsupported-input``,
    ``invalid-argument``, ``too-many-files``, ``body-too-large``."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _of_form(request, settings)
    if kind.startswith(RAW):
        data = bytearray()
        async for piece in request.stream():
            data += piece
            _check(len(data), settings)
        return Pictures([bytes(data)], several=False)
    raise Problem(
        "unsupported-input",
        f"Content-Type {kind or 'missing'}; image/*, application/octet-stream and "
        "multipart/form-data are read",
    )


async def _of_form(request: Request, settings: Settings) -> Pictures:
    try:
        # Large files wait on the disk, not in memory.
        form = await request.form(max_files=settings.max_files, max_fields=0)
    except HTTPException as error:
        text = str(error.detail)
        raise Problem(
            "too-many-files" if "Too many files" in text else "invalid-argument", text
        ) from error
    try:
        found: dict[str, list[bytes]] = {"file": [], "files": []}
        for name, value in form.multi_items():
            if name not in found or not isinstance(value, UploadFile):
                raise Problem("invalid-argument", "the form's parts are called file, or files")
            _check(value.size or 0, settings)
            found[name].append(await value.read())
    finally:
        await form.close()
    one, several = found["file"], found["files"]
    if len(one) == 1 and not several:
        return Pictures(one, several=False)
    if several and not one:
        return Pictures(several, several=True)
    raise Problem("invalid-argument", "one part called file, or at least one called files")


def _check(size: int, settings: Settings) -> None:
    if size > settings.max_bytes:
        raise Problem("body-too-large", f"a file of more than {settings.max_bytes} bytes")
