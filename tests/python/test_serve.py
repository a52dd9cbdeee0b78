"""The service over HTTP: answers, limits, problems, and what a client of its OpenAPI may expect."""

import asyncio
import json
import logging
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import uvicorn
from fastapi.testclient import TestClient
from PIL import Image

from conftest import BUNDLE, PHOTOS, ROOT
from drawn import broken, drawn
from shiwu_models.classifier import Classified, Classifier, Wanted
from shiwu_models.naming import Asked
from shiwu_models.serve.app import make_app
from shiwu_models.serve.batching import Batcher
from shiwu_models.serve.problems import OWN_SENTENCES, STATUS
from shiwu_models.serve.settings import Settings

MODEL = BUNDLE / "lite0.onnx"
CHELSEA = (PHOTOS / "chelsea.png").read_bytes()


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(make_app(Settings(MODEL, threads=1, decoders=2, max_files=4))) as made:
        yield made


def post(client: TestClient, data: bytes, **query: Any) -> Any:  # noqa: ANN401 (httpx2's or httpx's)
    headers = {"Content-Type": "application/octet-stream"}
    return client.post("/v1/classify", content=data, params=query, headers=headers)


def problem(response: Any, status: int, code: str) -> dict[str, Any]:  # noqa: ANN401
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert (found["status"], found["code"], found["type"]) == (status, code, f"/problems/{code}")
    assert found["zh"]
    assert found["en"]
    return found


def test_raw_bytes_and_a_form_get_the_librarys_json(client: TestClient) -> None:
    [wanted] = Classifier(MODEL).classify([CHELSEA], Wanted(Asked(top_k=3)))
    assert isinstance(wanted, Classified)
    raw = client.post(
        "/v1/classify?top_k=3", content=CHELSEA, headers={"Content-Type": "image/png"}
    )
    form = client.post("/v1/classify?top_k=3", files={"file": ("私密.png", CHELSEA)})
    for response in (raw, form):
        assert response.status_code == 200
        found = response.json()
        timings = found.pop("timings")
        assert found == json.loads(json.dumps(wanted.answer))
        assert timings["total"] >= timings["decode"] > 0
        parts = sum(timings[stage] for stage in timings if stage not in ("total", "engine"))
        assert parts <= timings["total"] + 0.01
    # In the language asked for.
    english = post(client, CHELSEA, lang="en").json()
    assert english["predictions"][0]["label"] == "Egyptian Mau"
    assert english["answer"]["label"] == english["answer"]["label_en"]
    assert len(english["predictions"]) == 5
    none = post(client, CHELSEA, threshold=0.999).json()
    assert none["predictions"] == []


def test_several_files_and_a_bad_one_among_them(client: TestClient) -> None:
    files = [("files", ("x", data)) for data in (drawn(1), broken()["cut.jpg"][0], CHELSEA)]
    results = client.post("/v1/classify", files=files).json()["results"]
    assert [each["index"] for each in results] == [0, 1, 2]
    assert results[1]["error"]["code"] == "truncated-image"
    assert results[2]["result"]["answer"]["id"] == "cat"
    assert "result" not in results[1]
    assert "error" not in results[2]


def test_a_region_is_looked_at_alone(client: TestClient) -> None:
    with Image.open(PHOTOS / "chelsea.png") as image:
        part = BytesIO()
        image.crop((30, 20, 330, 280)).save(part, "PNG")
    region = post(client, CHELSEA, region="30,20,300,260").json()
    cut = post(client, part.getvalue()).json()
    assert region["predictions"] == cut["predictions"]
    assert (region["image"]["width"], cut["image"]["width"]) == (451, 300)
    found = problem(post(client, CHELSEA, region="400,0,300,260"), 422, "invalid-argument")
    assert "451 x 300" in found["detail"]


@pytest.mark.parametrize("name", list(broken()))
def test_bad_files_are_problems(client: TestClient, name: str) -> None:
    data, code = broken()[name]
    problem(post(client, data), STATUS[code], code)


def test_limits(client: TestClient) -> None:
    problem(client.post("/v1/classify", content=b"a=b"), 415, "unsupported-input")
    five = [("files", ("x", drawn(1)))] * 5
    problem(client.post("/v1/classify", files=five), 413, "too-many-files")
    for form in ({"picture": drawn(1)}, [("file", drawn(1)), ("files", drawn(1))]):
        problem(client.post("/v1/classify", files=form), 422, "invalid-argument")
    for query in ({"top_k": 0}, {"threshold": "nan"}, {"lang": "fr"}, {"region": "1,2,3"}):
        problem(post(client, CHELSEA, **query), 422, "invalid-argument")
    english = problem(post(client, b"", lang="en"), 422, "empty-input")
    assert english["title"] == english["en"]
    found = problem(client.get("/v1/nothing"), 404, "no-such-address")
    assert found["title"] == found["zh"]
    assert problem(client.get("/v1/classify"), 405, "method-not-allowed")


def test_bytes_and_pixels_are_bounded_before_decoding() -> None:
    small = Settings(MODEL, threads=1, max_bytes=3000, max_files=2, max_pixels=72 * 64 - 1)
    with TestClient(make_app(small)) as client:
        problem(post(client, CHELSEA), 413, "body-too-large")  # by its head
        problem(post(client, drawn(1)[:1] * 3001), 413, "body-too-large")

        def pieces() -> Iterator[bytes]:  # without a length
            for _ in range(20):
                yield b"x" * 1000

        headers = {"Content-Type": "image/png"}
        response = client.post("/v1/classify", content=pieces(), headers=headers)
        problem(response, 413, "body-too-large")
        large = [("files", ("x", b"x" * 3001))]
        problem(client.post("/v1/classify", files=large), 413, "body-too-large")
        tiny = BytesIO()
        Image.new("1", (900, 900)).save(tiny, "PNG")
        found = problem(post(client, tiny.getvalue()), 413, "image-too-large")
        assert "900 x 900" in found["detail"]


def test_a_key_where_one_is_asked_for() -> None:
    with TestClient(make_app(Settings(MODEL, threads=1, api_key="geheim"))) as client:
        for headers in ({}, {"Authorization": "Bearer x"}, {"X-API-Key": "geheim "}):
            response = client.get("/v1/model", headers=headers)
            problem(response, 401, "unauthorized")
            assert response.headers["www-authenticate"] == "Bearer"
        problem(post(client, CHELSEA), 401, "unauthorized")
        for headers in ({"Authorization": "Bearer geheim"}, {"X-API-Key": "geheim"}):
            assert client.get("/v1/model", headers=headers).status_code == 200
        assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
        assert "HTTPBearer" in client.get("/openapi.json").text


def test_other_origins_only_where_allowed(client: TestClient) -> None:
    page = {"Origin": "https://a.example"}
    assert "access-control-allow-origin" not in client.get("/healthz", headers=page).headers
    settings = Settings(MODEL, threads=1, cors=("https://a.example",))
    with TestClient(make_app(settings)) as allowing:
        headers = allowing.get("/healthz", headers=page).headers
        assert headers["access-control-allow-origin"] == "https://a.example"
        other = allowing.get("/healthz", headers={"Origin": "https://b.example"})
        assert "access-control-allow-origin" not in other.headers


def test_what_runs_and_what_is_counted(client: TestClient) -> None:
    model = client.get("/v1/model").json()
    assert model["model"]["id"] == "lite0"
    assert model["model"]["classes"] == 1000
    assert model["limits"]["files"] == 4

    def counted() -> dict[str, float]:
        text = client.get("/metrics").text
        return {m[1]: float(m[2]) for m in re.finditer(r"^(\S+) (\S+)$", text, re.M)}

    before = counted()
    post(client, CHELSEA)
    post(client, b"")
    after = counted()

    def more(name: str) -> float:
        return after[name] - before.get(name, 0)

    assert more('shiwu_pictures_total{code="ok"}') == 1
    assert more('shiwu_pictures_total{code="empty-input"}') == 1
    assert more('shiwu_requests_total{route="/v1/classify",status="422"}') == 1
    assert more("shiwu_batch_pictures_count") == 1
    assert after["shiwu_queue_pictures"] == 0


def test_logs_say_nothing_of_the_picture(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "shiwu.serve"):
        client.post("/v1/classify?region=1,2,3,4", files={"file": ("私密.png", CHELSEA)})
        client.get("/secret-name.jpg")
    fields = [record.__dict__["fields"] for record in caplog.records]
    assert [each["status"] for each in fields] == [200, 404]
    assert fields[0]["bytes"] == len(CHELSEA)
    said = json.dumps(fields, ensure_ascii=False)
    assert not any(word in said for word in ("私密", "secret-name", "cat", "猫", "1,2,3,4"))


def test_every_code_has_a_status_and_an_address(client: TestClient) -> None:
    for code in STATUS:
        found = client.get(f"/problems/{code}").json()
        assert found["status"] == STATUS[code]
        assert found["zh"]
        assert found["en"]
    assert set(OWN_SENTENCES) < set(STATUS)
    problem(client.get("/problems/nothing"), 404, "no-such-address")


def test_batches_are_full_where_many_come_and_nobody_waits_alone() -> None:
    async def run() -> None:
        sizes: list[int] = []
        coming = 0

        def network(items: Any) -> list[int]:  # noqa: ANN401
            sizes.append(len(items))
            time.sleep(0.02)
            return [item * 10 for item in items]

        batcher = Batcher[int, int](network, max_batch=4, max_wait=60, on_their_way=lambda: coming)
        batcher.start()
        coming = 1  # alone: no wait, though it may last a minute
        assert (await batcher.submit(7)).answer == 70
        coming = 10
        many = asyncio.gather(*(batcher.submit(number) for number in range(10)))
        await asyncio.sleep(0.05)
        coming = 2  # all others have been answered: the last two need not wait for more
        batcher.expect_fewer()
        found = await many
        assert [each.answer for each in found] == [10 * number for number in range(10)]
        assert sizes == [1, 4, 4, 2]
        coming = 1
        waiting = asyncio.create_task(batcher.submit(1))
        await asyncio.sleep(0)
        await batcher.close()  # what was let in is answered
        assert (await waiting).answer == 10

    asyncio.run(run())


def test_runs_share_what_waits_and_go_side_by_side() -> None:
    async def run() -> None:
        sizes: list[int] = []
        both = threading.Barrier(2)

        def network(items: Any) -> list[int]:  # noqa: ANN401
            sizes.append(len(items))
            both.wait(10)  # broken, and so every answer, where one run waits for the other's end
            return list(items)

        batcher = Batcher[int, int](
            network, max_batch=16, max_wait=60, on_their_way=lambda: 8, runs=2
        )
        batcher.start()
        found = await asyncio.gather(*(batcher.submit(number) for number in range(8)))
        assert [each.answer for each in found] == list(range(8))
        assert sizes == [4, 4]
        await batcher.close()

    asyncio.run(run())


def test_a_batch_waits_no_longer_than_it_may() -> None:
    async def run() -> None:
        batcher = Batcher[int, int](list, max_batch=8, max_wait=0.05, on_their_way=lambda: 8)
        batcher.start()
        found = await batcher.submit(1)  # seven others never come
        assert found.answer == 1
        assert found.waited >= 45
        await batcher.close()

    asyncio.run(run())


class Server:
    """A real one, on a port of its own."""

    def __init__(self, settings: Settings) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        config = uvicorn.Config(make_app(settings), port=port, log_config=None)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)

    def __enter__(self) -> "Server":
        self._thread.start()
        while not self._server.started:
            time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()


def test_a_full_house_is_told_when_to_come_again() -> None:
    with Server(Settings(MODEL, threads=1, decoders=1, queue=3, max_batch=2)) as server:

        async def many() -> list[httpx.Response]:
            async with httpx.AsyncClient(base_url=server.url, timeout=120) as client:
                headers = {"Content-Type": "image/png"}
                asked = (
                    client.post("/v1/classify", content=CHELSEA, headers=headers) for _ in range(24)
                )
                return list(await asyncio.gather(*asked))

        found = asyncio.run(many())
        assert {each.status_code for each in found} == {200, 429}
        refused = [each for each in found if each.status_code == 429]
        for each in refused:
            problem(each, 429, "busy")
            assert int(each.headers["retry-after"]) >= 1
        answers = {json.dumps(r.json()["answer"]["id"]) for r in found if r.status_code == 200}
        assert answers == {'"cat"'}
        # Four do not fit into a house of three, however empty.
        files = [("files", ("x", drawn(1)))] * 4
        problem(httpx.post(f"{server.url}/v1/classify", files=files, timeout=60), 429, "busy")
        assert httpx.get(f"{server.url}/readyz").status_code == 200


def test_what_is_under_way_is_finished_before_the_end(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "log"
    command = [sys.executable, "-m", "shiwu_models", "serve", str(MODEL), "--port", str(port)]
    with log.open("wb") as file:
        server = subprocess.Popen(command, stderr=file, cwd=ROOT / "models")
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(url, server)
        # A picture that takes its time: 36 megapixels.
        noise = np.random.default_rng(1).integers(0, 256, (600, 600, 3), np.uint8)
        large = BytesIO()
        Image.fromarray(noise).resize((6000, 6000), Image.Resampling.NEAREST).save(
            large, "PNG", compress_level=1
        )
        found: list[httpx.Response] = []

        def ask() -> None:
            found.append(
                httpx.post(f"{url}/v1/classify", files={"file": large.getvalue()}, timeout=120)
            )

        asking = threading.Thread(target=ask)
        asking.start()
        while "queue_pictures 1.0" not in httpx.get(f"{url}/metrics").text:
            time.sleep(0.01)
        server.send_signal(signal.SIGTERM)
        asking.join()
        assert found[0].status_code == 200
        assert found[0].json()["image"]["width"] == 6000
        server.wait(60)
    finally:
        server.kill()
        server.wait()
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    events = [line["event"] for line in lines]
    assert events.index("request") < events.index("ended")


def wait_until_ready(url: str, server: "subprocess.Popen[bytes]") -> None:
    while True:
        assert server.poll() is None
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)


def test_the_service_keeps_its_own_openapi(tmp_path: Path) -> None:
    """Schemathesis with all of its checks, as its makers run it; see schemathesis.toml."""
    settings = Settings(MODEL, threads=1, max_bytes=1 << 20, api_key="geheim")
    with Server(settings) as server:
        schemathesis = [sys.executable, "-m", "schemathesis.cli"]
        config = str(Path(__file__).with_name("schemathesis.toml"))
        done = subprocess.run(
            [*schemathesis, "--config-file", config, "run", f"{server.url}/openapi.json"],
            capture_output=True,
            encoding="utf-8",
            check=False,
            cwd=tmp_path,  # it keeps what it found
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"([0-9]{2,}) generated, \1 passed", done.stdout), done.stdout
