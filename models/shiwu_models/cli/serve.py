"""``serve``: a model as a web service."""

from pathlib import Path
from typing import Annotated

import typer

from shiwu_models.cli.classify import PrecisionName
from shiwu_models.cli.common import BUNDLES, failing_clearly
from shiwu_models.cli.verify import speak_utf8


def serve(
    model: Annotated[Path, typer.Argument(help="打包过的 .onnx。A packed .onnx.")] = (
        BUNDLES / "lite0" / "lite0.onnx"
    ),
    host: Annotated[
        str, typer.Option(help="监听的地址；默认只给这台机器用。Address to listen at.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口。Port.")] = 8000,
    threads: Annotated[
        int | None, typer.Option(min=1, help="网络用几个线程。Threads of the network.")
    ] = None,
    max_batch: Annotated[
        int, typer.Option(min=1, max=256, help="一次最多合几张。Pictures in one run.")
    ] = 16,
    max_wait_ms: Annotated[
        float, typer.Option(min=0, max=1000, help="等同伴最多几毫秒。Wait for others.")
    ] = 5,
    queue: Annotated[
        int, typer.Option(min=1, help="最多排几张，再多就回 429。Pictures waiting; then 429.")
    ] = 64,
    max_bytes: Annotated[int, typer.Option(min=1, help="一个文件最多几字节。Bytes of a file.")] = 32
    << 20,
    max_pixels: Annotated[
        int, typer.Option(min=1, help="一张图片最多几像素。Pixels of a picture.")
    ] = 100_000_000,
    max_files: Annotated[
        int, typer.Option(min=1, max=1000, help="一次最多几个文件。Files in a request.")
    ] = 16,
    precision: Annotated[
        PrecisionName, typer.Option(help="同 classify。As for classify.")
    ] = PrecisionName.fast,
    api_key: Annotated[
        str | None,
        typer.Option(envvar="SHIWU_API_KEY", help="要求客户端给出的密钥。A key asked for."),
    ] = None,
    cors: Annotated[
        list[str] | None,
        typer.Option(help="允许哪些网站的网页来调用，可多次。Origins whose pages may ask."),
    ] = None,
    shutdown_seconds: Annotated[
        int, typer.Option(min=0, help="结束前等手上的活最多几秒。Grace for what is under way.")
    ] = 30,
) -> None:
    """把模型开成网络服务。A model as a web service: POST /v1/classify, and /docs."""
    speak_utf8()
    with failing_clearly():
        from shiwu_models.extras import extra

        with extra("serve"):
            import uvicorn

            from shiwu_models.serve.app import make_app
            from shiwu_models.serve.logs import use_json_lines
            from shiwu_models.serve.settings import Settings
        from shiwu_models.classifier import Classifier

        Classifier(model)  # what is wrong with it is said here, and not in a log
        standard = Settings(model)
        settings = Settings(
            model=model,
            threads=threads or standard.threads,
            max_batch=max_batch,
            max_wait=max_wait_ms / 1e3,
            queue=queue,
            max_bytes=max_bytes,
            max_pixels=max_pixels,
            max_files=max_files,
            precision=precision.value,
            api_key=api_key or None,
            cors=tuple(cors or ()),
        )
        use_json_lines()
        uvicorn.run(
            make_app(settings),
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=shutdown_seconds,
        )
