"""Many rows on this machine: ``classify`` by Ray, one plain process, and ``npx shiwu``.

    python tests/bench/many_rows.py PHOTOS [--rows 100000] [--some 1000]

The photos are linked under other names until there are so many. Prints photos a second, memory on
the way (all of Ray's processes), and whether every picture has one row. The plain process and
``npx shiwu`` take ``--some`` of them. Needs the project's Python, and dist/ built.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.dataset as ds

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "models" / "bundles" / "lite0" / "lite0.onnx"
sys.path.insert(0, str(ROOT / "models"))

from shiwu_models.batch import Classify  # noqa: E402


def fill(folder: Path, photos: list[Path], rows: int) -> None:
    """``rows`` names for ``photos``, a thousand a folder."""
    for row in range(rows):
        photo = photos[row % len(photos)]
        place = folder / f"{row // 1000:04d}"
        place.mkdir(exist_ok=True)
        (place / f"{row:07d}{photo.suffix}").symlink_to(photo.resolve())


def megabytes_below(pid: int) -> float:
    """Resident memory of a process and all of its children; what they share counts once."""
    below, found = {pid}, True
    parents = {}
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                parents[int(each.name)] = int(
                    (each / "stat").read_text().rpartition(")")[2].split()[1]
                )
            except OSError:
                continue
    while found:
        found = False
        for child, parent in parents.items():
            if parent in below and child not in below:
                below.add(child)
                found = True
    total = 0
    for each in below:
        try:
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def by_ray(folder: Path, out: Path, rows: int) -> None:
    """The command, as users type it."""
    command = [sys.executable, "-m", "shiwu_models", "classify", str(folder), "--out", str(out)]
    env = os.environ | {"PYTHONPATH": str(ROOT / "models")}
    start = time.perf_counter()
    driver = subprocess.Popen([*command, "--model", str(MODEL)], env=env, stdout=subprocess.DEVNULL)
    told = 0.0
    while driver.poll() is None:
        time.sleep(1)
        if time.perf_counter() - told > 30:
            told = time.perf_counter()
            done = len(list(out.glob("part-*"))) if out.exists() else 0
            seconds = told - start
            print(f"  {seconds:.0f} s: {done} parts, {megabytes_below(driver.pid):.0f} MB", flush=True)
    assert driver.returncode == 0
    seconds = time.perf_counter() - start
    files = ds.dataset(str(out)).to_table(columns=["file"])["file"].to_pylist()
    once = len(files) == len(set(files)) == rows
    print(f"classify: {rows} rows, {rows / seconds:.1f} a second; each once: {once}", flush=True)


def by_one_process(photos: list[Path]) -> None:
    """The plain function in a loop."""
    name = Classify(MODEL)
    name.answers([str(photos[0])], addresses=True)
    start = time.perf_counter()
    for at in range(0, len(photos), 256):
        name.answers([str(path) for path in photos[at : at + 256]], addresses=True)
    print(f"one process: {len(photos) / (time.perf_counter() - start):.1f} a second", flush=True)


def by_npx(photos: list[Path]) -> None:
    """The command of the npm package."""
    names = "\n".join(map(str, photos))
    start = time.perf_counter()
    subprocess.run(
        ["node", str(ROOT / "dist" / "cli.js"), "--json", "--files-from", "-"],
        input=names.encode(),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    print(f"npx shiwu: {len(photos) / (time.perf_counter() - start):.1f} a second", flush=True)


def main() -> None:
    """Prints as it goes."""
    words = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    words.add_argument("photos", type=Path)
    words.add_argument("--rows", type=int, default=100_000)
    words.add_argument("--some", type=int, default=1000)
    asked = words.parse_args()
    photos = sorted(path for path in asked.photos.iterdir() if path.is_file())
    with TemporaryDirectory() as folder:
        many = Path(folder) / "many"
        many.mkdir()
        fill(many, photos, asked.rows)
        some = sorted(many.rglob("*.*"))[: asked.some]
        by_one_process(some)
        by_npx(some)
        by_ray(many, Path(folder) / "out.parquet", asked.rows)


if __name__ == "__main__":
    main()
