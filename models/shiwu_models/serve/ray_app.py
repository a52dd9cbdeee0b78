"""The same application on Ray Serve, for several machines: see ``models/deploy/ray-serve.yaml``."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from ray import serve
from ray.serve import Application

from shiwu_models.serve.app import make_app
from shiwu_models.serve.logs import use_json_lines
from shiwu_models.serve.settings import Settings


def app(options: dict[str, Any]) -> Application:
    """Ray Serve's application builder; ``options`` are the fields of ``Settings``, ``model`` first.

    Each replica has a model and a queue of its own; Ray's proxy shares requests out among them.
    """
    given = {**options, "model": Path(options["model"]), "cors": tuple(options.get("cors", ()))}
    settings = replace(Settings(given["model"], threads=1, decoders=1), **given)

    def build() -> Any:  # noqa: ANN401 (an ASGI application)
        use_json_lines()
        return make_app(settings)

    return serve.deployment(name="shiwu")(serve.ingress(build)()).bind()
