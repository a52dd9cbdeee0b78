"""The service under load, on this machine: figures, no verdict.

    python tests/bench/serve_load.py PHOTOS [--requests 300] [--soak 10000]

For 1, 8 and 64 clients: photos a second and the milliseconds of the 50th, 95th and 99th request of
a hundred, by the service with batching, without it, and by ONNX Runtime in a plain FastAPI handler.
Then the soak: requests of which one in ten carries a broken file; statuses, and memory on the way.
Needs the project's Python (node scripts/toolchain/python.mjs).
"""

import argparse
import asyncio
import collections
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "models" / "bundles" / "lite0" / "lite0.onnx"
CLIENTS = (1, 8, 64)

# As somebody writes it by hand: no batching, no limits; the same preprocessing and threads.
PLAIN = """
import sys
from pathlib import Path
import uvicorn
from fastapi import FastAPI, Request
from shiwu_models.classifier import Classifier
from shiwu_models.naming import Asked
app, model = FastAPI(), Classifier(Path(sys.argv[1]), 2)
@app.post("/v1/classify")
def classify(body: bytes = __import__("fastapi").Body(media_type="image/jpeg")):
    prepared = model.prepare(body)
    return model.name(model.run([prepared.tensor])[0], Asked())
@app.get("/readyz")
def ready(): return {}
uvicorn.run(app, port=int(sys.argv[2]), log_level="error")
"""


class Server:
    """One of the services, in a process of its own."""

    def __init__(self, command: list[str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        env = os.environ | {"PYTHONPATH": str(ROOT / "models")}
        words = [word.replace("PORT", str(self.port)) for word in command]
        self.process = subprocess.Popen(
            [sys.executable, *words], env=env, stderr=subprocess.DEVNULL
        )
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Server":
        while True:
            try:
                if httpx.get(f"{self.url}/readyz").status_code == 200:
                    return self
            except httpx.TransportError:
                time.sleep(0.1)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()

    @property
    def megabytes(self) -> float:
        """Resident memory."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def load(
    url: str, bodies: list[bytes], requests: int, clients: int
) -> tuple[list[float], collections.Counter[int], float]:
    """Milliseconds of each request, statuses, and seconds in all."""
    left = iter(range(requests))
    times: list[float] = []
    statuses: collections.Counter[int] = collections.Counter()
    headers = {"Content-Type": "image/jpeg"}
    limits = httpx.Limits(max_connections=clients)
    async with httpx.AsyncClient(base_url=url, timeout=300, limits=limits) as client:

        async def one() -> None:
            for number in left:
                start = time.perf_counter()
                body = bodies[number % len(bodies)]
                try:
                    answer = await client.post("/v1/classify", content=body, headers=headers)
                except httpx.TransportError:  # dropped: told as status 0
                    statuses[0] += 1
                    continue
                times.append(1e3 * (time.perf_counter() - start))
                statuses[answer.status_code] += 1

        start = time.perf_counter()
        await asyncio.gather(*(one() for _ in range(clients)))
        return times, statuses, time.perf_counter() - start


def main() -> None:
    """Prints the tables, in Markdown."""
    words = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    words.add_argument("photos", type=Path)
    words.add_argument("--requests", type=int, default=300)
    words.add_argument("--soak", type=int, default=10_000)
    asked = words.parse_args()
    bodies = [path.read_bytes() for path in sorted(asked.photos.iterdir()) if path.is_file()]

    ours = ["-m", "shiwu_models", "serve", str(MODEL), "--port", "PORT", "--queue", "128"]
    services = {
        "batching": ours,
        "one at a time": [*ours, "--max-batch", "1"],
        "plain handler": ["-c", PLAIN, str(MODEL), "PORT"],
    }
    if asked.requests:
        print("| clients | service | photos/s | p50 | p95 | p99 |\n| --- | --- | --- | --- | --- | --- |")
        for clients in CLIENTS:
            for name, command in services.items():
                with Server(command) as server:
                    asyncio.run(load(server.url, bodies, 2 * clients, clients))
                    times, statuses, seconds = asyncio.run(
                        load(server.url, bodies, asked.requests, clients)
                    )
                p50, p95, p99 = np.percentile(times, [50, 95, 99])
                rate = statuses[200] / seconds
                print(
                    f"| {clients} | {name} | {rate:.1f} | {p50:.0f} | {p95:.0f} | {p99:.0f} |",
                    flush=True,
                )
    if asked.soak:
        broken = [b"", b"no picture " * 40, *(body[: len(body) // 3] for body in bodies[:8])]
        mixed = [
            broken[i // 10 % len(broken)] if i % 10 == 9 else bodies[i % len(bodies)]
            for i in range(len(bodies) * 10)
        ]
        with Server(ours) as server:
            tenth = max(asked.soak // 10, 1)
            statuses = collections.Counter()
            for step in range(10):
                _, some, seconds = asyncio.run(load(server.url, mixed, tenth, 8))
                statuses += some
                print(
                    f"{(step + 1) * tenth} requests: {server.megabytes:.0f} MB, "
                    f"{tenth / seconds:.0f} a second, {dict(sorted(statuses.items()))}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
