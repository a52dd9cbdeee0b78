"""How well a few photos teach: what docs/teaching.md reports.

    python -m shiwu_models.evaluation.teaching bundles/lite0 PHOTOS OLD [--cache FILE.npz]

PHOTOS has a folder of pictures for each thing, as Caltech-101 has in 101_ObjectCategories; OLD
has pictures of the network's own classes, each named by its WordNet id (n02124075_….JPEG). Ten
things at a time are taught from 1, 3, 5 and 10 photos; 30 others of each are then asked about,
and all photos of classes that the network knows already. Two kinds of things: classes of the
network whose rows were dropped from its head ("held out"), and things that it has no class for
("new").
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from shiwu_models.pack import unpack
from shiwu_models.preprocess import preprocess
from shiwu_models.runtime import Runner

Floats = NDArray[np.float64]

LENGTH, AWAY, BIAS, BIAS_OF_FEW = 1.5, 0.5, -0.85, 1.85
"""As in wasm/src/taught.cc."""

SHOTS = (1, 3, 5, 10)
AT_ONCE = 10
TRIALS = 20
MOST_PHOTOS = 60

SAME = {
    "accordion": "n02672831",
    "llama": "n02437616",
    "flamingo": "n02007558",
    "dalmatian": "n02110341",
    "scorpion": "n01770393",
    "umbrella": "n04507155",
    "trilobite": "n01768244",
    "grand_piano": "n03452741",
    "pizza": "n07873807",
    "electric_guitar": "n03272010",
    "revolver": "n04086273",
    "dragonfly": "n02268443",
    "barrel": "n02795169",
    "strawberry": "n07745940",
    "panda": "n02510455",
    "lobster": "n01983481",
    "soccer_ball": "n04254680",
    "starfish": "n02317335",
    "stop_sign": "n06794110",
    "beaver": "n02363005",
    "platypus": "n01873310",
    "nautilus": "n01968897",
    "saxophone": "n04141076",
    "rooster": "n01514668",
    "cannon": "n02950826",
    "binocular": "n02841315",
    "ant": "n02219486",
    "tick": "n01776313",
    "hawksbill": "n01664065",
    "schooner": "n04147183",
}
"""Folders of Caltech-101 that are one of ImageNet's classes, and which."""

NEW = [
    "sunflower",
    "bonsai",
    "helicopter",
    "menorah",
    "kangaroo",
    "rhino",
    "hedgehog",
    "stegosaurus",
    "okapi",
    "sea_horse",
    "lotus",
    "minaret",
    "pagoda",
    "pyramid",
    "mandolin",
    "euphonium",
    "metronome",
    "gramophone",
    "octopus",
    "inline_skate",
    "windsor_chair",
    "wheelchair",
    "anchor",
    "brain",
    "headphone",
    "scissors",
    "stapler",
    "wrench",
    "snoopy",
    "garfield",
    "buddha",
    "joshua_tree",
    "emu",
    "gerenuk",
    "dollar_bill",
    "ewer",
    "dolphin",
    "yin_yang",
    "ceiling_fan",
    "Motorbikes",
]
"""Folders that are none."""

CLUTTER = "BACKGROUND_Google"


def embed(bundle: Path, photos: Path, old: Path) -> dict[str, NDArray[Any]]:
    """Embeddings F [N, D], logits P [N, 1000] and folders L [N] of PHOTOS; SF, SP, SL of OLD."""
    model = onnx.load(bundle / f"{bundle.name}.onnx")
    manifest = unpack(model).manifest
    runner = Runner(model)
    features = manifest.outputs.features
    assert features is not None
    found: dict[str, list[Any]] = {key: [] for key in ("F", "P", "L", "SF", "SP", "SL")}

    def look(path: Path, name: str, prefix: str) -> None:
        tensor = preprocess(path, manifest.input, manifest.resize)
        found[f"{prefix}F"].append(runner.run(tensor, features).ravel())
        found[f"{prefix}P"].append(runner.run(tensor, manifest.outputs.logits).ravel())
        found[f"{prefix}L"].append(name)

    for folder in sorted(path for path in photos.iterdir() if path.is_dir()):
        for path in sorted(folder.iterdir())[:MOST_PHOTOS]:
            look(path, folder.name, "")
    for path in sorted(old.glob("n*_*")):
        look(path, path.name.split("_")[0], "S")
    return {key: np.array(values) for key, values in found.items()}


def unit(vectors: Floats) -> Floats:
    """Each made as long as 1."""
    lengths: Floats = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.maximum(lengths, 1e-12)


def centre(embeddings: Floats) -> Floats:
    """The direction of the sum of the embeddings' own, each less its mean."""
    return unit(unit(embeddings - embeddings.mean(1, keepdims=True)).sum(0))


def row(shown: Floats, not_shown: Floats | None = None) -> tuple[Floats, float]:
    """Weights and bias of the row that photos add to the head."""
    p = centre(shown)
    w = p if not_shown is None else p - AWAY * ((q := centre(not_shown)) - (p @ q) * p)
    return LENGTH * w, BIAS + BIAS_OF_FEW / len(shown)


class Study:
    """Photos as the network sees them, and trials on them."""

    def __init__(self, seen: dict[str, NDArray[Any]], ids: list[str]) -> None:
        place = {wordnet_id: index for index, wordnet_id in enumerate(ids)}
        self.same = {name: place[wordnet_id] for name, wordnet_id in SAME.items()}
        self.features = seen["F"].astype(np.float64)
        self.logits, self.names = seen["P"].astype(np.float64), seen["L"]
        known = np.isin(self.names, list(self.same))
        #: The network's own classes: OLD's photos, and PHOTOS' of the same.
        self.old = (
            (seen["SF"].astype(np.float64), seen["SP"], np.array([place[i] for i in seen["SL"]])),
            (
                self.features[known],
                self.logits[known],
                np.array([self.same[name] for name in self.names[known]]),
            ),
        )

    def trial(self, random: np.random.Generator, things: list[str], shots: int) -> Floats:
        """Percent: taught top-1; old classes before and after (OLD, then PHOTOS); clutter taken."""
        held = [self.same[name] for name in things if name in self.same]
        keep = np.setdiff1d(np.arange(self.logits.shape[1]), held)
        rows: list[tuple[Floats, float]] = []
        asked: list[int] = []
        truth: list[int] = []
        for number, name in enumerate(things):
            order = random.permutation(np.flatnonzero(self.names == name))
            rows.append(row(self.features[order[:shots]]))
            asked.extend(order[10:40])
            truth.extend([number] * len(order[10:40]))
        weights, biases = np.array([w for w, _ in rows]), np.array([b for _, b in rows])

        def rank(
            features: Floats, logits: Floats
        ) -> tuple[NDArray[np.intp], NDArray[np.bool_], Any]:
            own, taught = logits[:, keep], features @ weights.T + biases
            return keep[own.argmax(1)], taught.max(1) > own.max(1), taught.argmax(1)

        _, taken, which = rank(self.features[asked], self.logits[asked])
        figures = [(taken & (which == np.array(truth))).mean()]
        for features, logits, classes in self.old:
            left = ~np.isin(classes, held)
            first, stolen, _ = rank(features[left], logits[left])
            right = first == classes[left]
            figures += [right.mean(), (right & ~stolen).mean()]
        clutter = self.names == CLUTTER
        figures.append(rank(self.features[clutter], self.logits[clutter])[1].mean())
        return 100 * np.array(figures)

    def away(self, random: np.random.Generator, things: list[str]) -> Floats:
        """
        For things taught from 5 photos, three photos of what is taken for each most often are
        called "not this". Percent: the thing's photos found before and after; others' taken, after
        (of those taken before).
        """
        figures = []
        for name in things:
            order = random.permutation(np.flatnonzero(self.names == name))
            shown, asked = self.features[order[:5]], order[10:40]
            others = np.flatnonzero(self.names != name)

            def taken(which: NDArray[Any], head: tuple[Floats, float]) -> NDArray[np.bool_]:
                more: Floats = self.features[which] @ head[0] + head[1] - self.logits[which].max(1)
                return more > 0

            before = row(shown)
            wrong = others[taken(others, before)]
            if len(wrong) == 0:
                continue
            kinds, counts = np.unique(self.names[wrong], return_counts=True)
            if counts.max() < 6:
                continue
            wrong = random.permutation(wrong[self.names[wrong] == kinds[counts.argmax()]])
            after = row(shown, self.features[wrong[:3]])
            figures.append(
                [
                    each.mean()
                    for each in (taken(asked, before), taken(asked, after), taken(wrong[3:], after))
                ]
            )
        means: Floats = 100 * np.array(figures).mean(0)
        return means


def main() -> None:
    """Prints the tables of docs/teaching.md."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("bundle", type=Path)
    parser.add_argument("photos", type=Path)
    parser.add_argument("old", type=Path)
    parser.add_argument("--cache", type=Path, help="keeps what the network makes of the photos")
    given = parser.parse_args()
    if given.cache and given.cache.exists():
        seen = dict(np.load(given.cache))
    else:
        seen = embed(given.bundle, given.photos, given.old)
        if given.cache:
            np.savez(given.cache, allow_pickle=False, **seen)
    table = Path(__file__).parents[2] / "labels" / "imagenet1k.tsv"
    ids = [line.split("\t")[0] for line in table.read_text(encoding="utf-8").splitlines()[1:]]
    study = Study(seen, ids)
    kinds = {"held out": sorted(SAME), "new": NEW}
    halves = {
        f"{kind}, {name} half": pool[at::2]
        for kind, pool in kinds.items()
        for at, name in enumerate(("first", "second"))
    }
    print("| things | shots | taught | old, one photo a class | old, Caltech | clutter taken |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, pool in (kinds | halves).items():
        for shots in SHOTS:
            random = np.random.default_rng(16)
            trials = [
                study.trial(random, list(random.choice(pool, AT_ONCE, replace=False)), shots)
                for _ in range(TRIALS)
            ]
            taught, *old, clutter = np.mean(trials, axis=0)
            print(
                f"| {name} | {shots} | {taught:.1f} | {old[0]:.1f} → {old[1]:.1f} |"
                f" {old[2]:.1f} → {old[3]:.1f} | {clutter:.1f} |"
            )
    found, found_after, taken_after = study.away(np.random.default_rng(16), NEW)
    print(f"not this: found {found:.1f} → {found_after:.1f}, still taken {taken_after:.1f} of 100")


if __name__ == "__main__":
    main()
