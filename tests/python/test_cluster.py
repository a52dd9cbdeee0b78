"""``classify`` by Ray: every picture one row, whatever dies on the way."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pyarrow.dataset as ds
import pytest
import ray
from ray.cluster_utils import Cluster

from conftest import BUNDLE, ROOT
from drawn import broken, fill
from shiwu_models.batch.run import Progress, classify_all
from shiwu_models.batch.sources import pictures_of
from shiwu_models.batch.work import Options

MODEL = BUNDLE / "lite0.onnx"
PICTURES = 160
ALL = PICTURES + len(broken())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("many") / "pictures"
    fill(found, PICTURES)
    return found


@pytest.fixture(autouse=True)
def import_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ray's workers are processes of their own."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "models"))
    yield
    ray.shutdown()


def rows_of(out: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ds.dataset(str(out)).to_table().to_pylist()
    return rows


def check_rows(out: Path, folder: Path) -> None:
    rows = rows_of(out)
    files = Counter(row["file"] for row in rows)
    assert files == Counter(pictures_of([str(folder)]))
    assert set(files.values()) == {1}
    codes = {Path(row["file"]).name: row["error"] for row in rows if row["error"]}
    assert codes == {name: code for name, (_, code) in broken().items()}
    assert all(len(row["ids"]) == 5 for row in rows if not row["error"])


def command(folder: Path, out: Path) -> list[str]:
    words = ["classify", str(folder), "--out", str(out), "--workers", "2", "--model", str(MODEL)]
    return [sys.executable, "-m", "shiwu_models", *words]


def parts(out: Path) -> list[Path]:
    return sorted(out.glob("part-*"))


def wait_for(what: str, true: Any, seconds: float = 180) -> None:  # noqa: ANN401
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"{what} did not come within {seconds} s"
        time.sleep(0.05)


def test_the_driver_is_killed_and_the_command_typed_again(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    driver = subprocess.Popen(command(folder, out), stdout=subprocess.DEVNULL)
    wait_for("a first part", lambda: parts(out))
    os.kill(driver.pid, signal.SIGKILL)
    driver.wait()
    kept = {path: path.stat().st_mtime_ns for path in parts(out)}
    assert kept
    done = subprocess.run(command(folder, out), capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{ALL} " in done.stdout
    check_rows(out, folder)
    # Nothing that was done is done again: unless the killed driver's workers were still at it.
    again = [path for path, written in kept.items() if path.stat().st_mtime_ns != written]
    assert len(again) <= 2
    assert not list(out.rglob(".*"))  # no half-written file is left


def test_a_node_is_killed_in_the_middle(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    try:
        doomed = cluster.add_node(num_cpus=1)
        cluster.wait_for_nodes()
        ray.init(address=cluster.address, log_to_driver=False)
        told: list[Progress] = []

        def run() -> None:
            sources = pictures_of([str(folder)])
            told.append(
                classify_all(sources, str(out), MODEL.read_bytes(), Options(), progress=told.append)
            )

        driver = Thread(target=run)
        driver.start()
        wait_for("a first part", lambda: parts(out))
        cluster.remove_node(doomed, allow_graceful=False)
        driver.join(300)
        assert not driver.is_alive()
        assert told[-1] == Progress(ALL, told[-1].failed, ALL)
        check_rows(out, folder)
    finally:
        ray.shutdown()
        cluster.shutdown()  # type: ignore[no-untyped-call]


def test_new_pictures_are_added_and_one_file_is_joined(folder: Path, tmp_path: Path) -> None:
    some, out = tmp_path / "some", tmp_path / "out.jsonl"
    some.mkdir()
    for path in sorted(folder.glob("*.png"))[:3]:
        (some / path.name).write_bytes(path.read_bytes())
    ray.init(num_cpus=2, log_to_driver=False, include_dashboard=False)
    model = MODEL.read_bytes()

    def run() -> Progress:
        return classify_all(pictures_of([str(some)]), str(out), model, Options(top_k=2))

    assert run() == Progress(3, 0, 3)
    first = out.read_bytes()
    assert len(first.splitlines()) == 3
    assert run() == Progress(3, 0, 3)
    assert out.read_bytes() == first
    (some / "0.png").write_bytes(b"new, and no picture")
    assert run() == Progress(4, 1, 4)
    lines = out.read_bytes().splitlines()
    assert b"\n".join(lines[:3]) + b"\n" == first
    assert b'"code":"unsupported-format"' in lines[3]
