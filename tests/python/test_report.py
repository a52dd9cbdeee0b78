"""The report says what it was given, asks nobody for anything, and takes names as text."""

import base64
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image
from typer.testing import CliRunner

from conftest import LABELS, PHOTOS, TAXONOMY, tiny_model
from manifests import tiny_manifest
from shiwu_models.bench.result import Bench, Row
from shiwu_models.cli import app
from shiwu_models.errors import ModelError
from shiwu_models.evaluation.dataset import Sample
from shiwu_models.evaluation.evaluate import evaluate
from shiwu_models.evaluation.predict import predict
from shiwu_models.graph import to_bytes
from shiwu_models.labels.tables import Label, text_sha256
from shiwu_models.manifest import Labels, Name
from shiwu_models.pack import Packed, pack
from shiwu_models.quantize.curve import Row as CurveRow
from shiwu_models.report import figures
from shiwu_models.report.collect import collect, consistency_from_json, read_curve, read_part
from shiwu_models.report.data import Answer, Arrow, Consistency, Pair, Report, Specimen
from shiwu_models.report.render import render
from shiwu_models.report.scale import linear, logarithmic

HOSTILE = '<script>alert("x")</script>&\'{{ 7 * 7 }}'
VOID = {"meta", "link", "img", "br"}


class Reader(HTMLParser):
    """Elements must nest; text, attributes and references are kept."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.references: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            if name in {"src", "href", "srcset", "xlink:href", "action", "data", "poster"}:
                self.references.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    file = tmp_path / "tiny.onnx"
    file.write_bytes(to_bytes(pack(tiny_model(), tiny_manifest(), LABELS, TAXONOMY)))
    return file


def a_bench(name: str = "m.onnx") -> Bench:
    def row(engine: str, p50: float) -> Row:
        return Row.model_validate(
            {
                "engine": engine,
                "model": name,
                "version": "1.2.3",
                "import_ms": 500,
                "load_ms": 60,
                "first_ms": 7,
                "mean_ms": p50 + 1.25,
                "p50_ms": p50,
                "p95_ms": p50 + 13,
                "peak_bytes": 123 * 2**20,
                "runs": 100,
            }
        )

    return Bench(
        cpu="A CPU <1>",
        cores=4,
        system="Linux",
        python="3.11",
        threads=1,
        warm_up=10,
        runs=100,
        rounds=5,
        rows=[row("pytorch", 80.5), row("onnxruntime", 20.125)],
    )


def a_curve(name: str = "compact") -> list[CurveRow]:
    return [
        CurveRow("float", "float", 18_000_000, 17_250_000, 1, 266, 293, 300, 1.0, 0.0, 50.0),
        CurveRow(name, "compact", 4_850_000, 3_310_000, 1, 264, 293, 300, 0.97, 0.0123, 50.0),
    ]


def whole(packed: Path, name: str = "名字") -> Report:
    samples = [Sample(PHOTOS / "chelsea.png", (0,)), Sample(PHOTOS / "coffee.png", (1,))]
    predictions = predict(samples, tiny_manifest(), tiny_model(), tiny_model())
    evaluation = evaluate(
        predictions,
        Packed(tiny_manifest(), LABELS, TAXONOMY),
        tiny_model(),
        name=name,
        reference_name=name,
    )
    pair = Pair(
        name, name, name, 24, 23, 22, 1.5e-5, 2.5e-4, 0.99999876, [(0.0, 0.5), (3.0, 3.0)], [1e-6]
    )
    arrows = [
        Arrow("解码", "decode", "差三级", "three levels", same=True, close=True),
        Arrow("归一化", "normalise", "没有差", "none", same=True),
        Arrow("网络", "network", "差很多", "much", same=False),
    ]
    pixel = "data:image/webp;base64,AAAA"
    return replace(
        collect(packed),
        consistency=Consistency(agree=False, carried=True, pairs=[pair], arrows=arrows),
        curve=a_curve(name),
        bench=a_bench(name),
        evaluation=evaluation,
        specimens=[Specimen(name, pixel, 4, 3, [Answer(name, name, 0.876), Answer("b", "", 0.1)])],
    )


def test_every_figure_is_the_one_given(packed: Path) -> None:
    report = whole(packed)
    page = Reader(render(report))
    assert report.overview.sha256 in page.text
    assert f"{report.overview.raw:,} 字节" in page.text
    for figure in (
        "结果一致: False",
        "画出 2 个",
        *("decode 相近 差三级", "normalise 一致 没有差", "network 不一致 差很多"),
        *("24 23 22 1.5e-05 2.5e-04 0.99999876",),  # parity
        "4.85 3.31 0.00 264 / 300 293 97.0% 0.012 50.0",  # the curve
        *("81.8 80.5 93.5 × 1.00 567 500 + 60 + 7 123 MiB",),  # bench: PyTorch
        *("21.4 20.1 33.1 × 0.25 567",),  # ONNX Runtime
        "87.6%",
        "A CPU <1>",
    ):
        assert figure in page.text
    assert report.evaluation is not None
    assert report.evaluation.single is not None
    top1 = report.evaluation.single.top1
    assert f"{top1.count} / 2；95 %：{top1.low:.1%}–{top1.high:.1%}" in page.text
    assert f"T = {report.evaluation.fitted.calibration.temperature:.3f}" in page.text
    # tiny_model: 4 nodes, 4·27 + 4 + 8 + 2 numbers.
    assert "operators, 4 nodes" in page.text
    assert report.structure["parameters"] == 4 * 27 + 4 + 8 + 2


def test_nothing_is_fetched_and_the_page_is_sound(packed: Path) -> None:
    page = render(whole(packed))
    reader = Reader(page)
    assert all(value.startswith(("#", "data:")) for value in reader.references)
    assert {value[1:] for value in reader.references if value.startswith("#")} <= set(reader.ids)
    assert len(reader.ids) == len(set(reader.ids))
    assert not {"script", "iframe", "object", "form"} & set(reader.tags)
    assert not re.search(r"url\(|@import", page)
    assert "default-src 'none'" in page
    assert reader.tags.count("h1") == 1


def test_hostile_names_are_text(tmp_path: Path) -> None:
    labels = LABELS.replace("猫", HOSTILE).replace("cat", HOSTILE)
    manifest = tiny_manifest().model_copy(
        update={
            "name": Name(zh=HOSTILE, en=HOSTILE),
            "source": HOSTILE,
            "labels": Labels(count=2, sha256=text_sha256(labels)),
        }
    )
    file = tmp_path / "x.onnx"
    file.write_bytes(to_bytes(pack(tiny_model(), manifest, labels, TAXONOMY)))
    report = replace(
        whole(file, HOSTILE),
        labels=[Label("", HOSTILE, (), HOSTILE, ()), Label("", "b", (), "", ())],
    )
    reader = Reader(render(report))
    assert "script" not in reader.tags
    assert reader.text.count(HOSTILE) > 10
    assert "49" not in re.findall(r"\d+", reader.text.replace(report.overview.sha256, ""))


def test_a_missing_section_names_its_command(packed: Path) -> None:
    page = Reader(render(collect(packed)))
    for command in ("quantize", "bench", "evaluate", "report"):
        assert f"shiwu-models {command}" in page.text
    for option in ("--curve", "--bench", "--evaluation"):
        assert f"再给 report 加上 {option} " in page.text
    assert page.text.count("（缺）") == 5


def test_the_command(packed: Path, tmp_path: Path, two_photos: Path) -> None:
    inputs = {
        "bench": a_bench().model_dump_json(),
        "curve": json.dumps([vars(row) for row in a_curve()]),
    }
    out = tmp_path / "report.html"
    arguments = ["report", str(packed), "-o", str(out), "--photos", str(two_photos)]
    arguments.append("--no-browser")
    for name, text in inputs.items():
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
        arguments += [f"--{name}", str(tmp_path / f"{name}.json")]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    reader = Reader(out.read_text(encoding="utf-8"))
    pictures = [value for value in reader.references if value.startswith("data:image")]
    assert len(pictures) == 2
    shown = Image.open(io.BytesIO(base64.b64decode(pictures[0].split(",")[1])))
    with Image.open(PHOTOS / "chelsea.png") as original:
        assert shown.width / shown.height == pytest.approx(original.width / original.height, 0.01)
    assert {"猫", "杯子"} <= set(reader.text.split())
    assert out.stat().st_size < 200_000


def test_what_is_no_json_of_ours_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    for text in ("{", "{}", "[1]"):
        wrong.write_text(text, encoding="utf-8")
        for read in (
            read_curve,
            consistency_from_json,
            lambda path: read_part(path, Bench, "bench"),
        ):
            with pytest.raises(ModelError) as caught:
                read(wrong)
            assert caught.value.code == "unreadable-text"
            assert "wrong.json" in caught.value.zh


def test_a_verify_file_gives_the_same_figures(tmp_path: Path) -> None:
    content = {
        "agree": True,
        "carried_weights": False,
        "pairs": {
            "torch": {
                "same_top5": 2,
                "allclose": 2,
                "max_score_difference": 3e-7,
                "max_logit_difference": 4e-6,
                "min_cosine": 1.0,
            }
        },
        "each": [
            {"torch": {"scores": 1e-7}, "browser": None},
            {"torch": {"scores": 3e-7}, "browser": None},
        ],
    }
    file = tmp_path / "verify.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    found = consistency_from_json(file)
    (pair,) = found.pairs
    assert (pair.name, pair.photos, pair.deltas) == ("PyTorch – ONNX Runtime", 2, [1e-7, 3e-7])


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.integers(2, 8), st.booleans())
@example(-6.3e-12, 0.0, 2, False)
def test_an_axis_holds_its_data(low: float, span: float, count: int, whole: bool) -> None:
    scale = linear(low, low + span, count, whole=whole)
    slack = 1e-6 * (scale.high - scale.low)  # nobody sees a millionth of the axis
    assert scale.low <= low + slack
    assert scale.high >= low + span - slack
    assert scale.low < scale.high
    assert 2 <= len(scale.ticks) <= count + 3
    assert len(scale.names) == len(set(scale.names)) == len(scale.ticks)


def test_dots_of_equal_logits_lie_on_the_diagonal() -> None:
    svg = str(figures.scatter([(-3, -3), (0, 0), (9, 9)], "a", "b"))
    match = re.search(r'class="diagonal" x1="(\S+)" y1="(\S+)" x2="(\S+)" y2="(\S+)"', svg)
    assert match is not None
    x1, y1, x2, y2 = map(float, match.groups())
    dots = [
        (float(x), float(y)) for x, y in re.findall(r"M([\d.]+) ([\d.]+)h0", svg.split("dots")[1])
    ]
    assert len(dots) == 3
    for x, y in dots:
        assert y == pytest.approx(y1 + (x - x1) / (x2 - x1) * (y2 - y1), abs=0.11)


def test_the_front_of_the_curve_leaves_out_what_is_beaten() -> None:
    rows = [
        CurveRow("a", "a", 1, 4_000_000, 1, 260, 1, 300, 0.9, 0.1, 1.0),
        CurveRow("b", "b", 1, 5_000_000, 1, 255, 1, 300, 0.9, 0.1, 1.0),  # larger and worse
        CurveRow("c", "c", 1, 9_000_000, 1, 266, 1, 300, 0.9, 0.1, 1.0),
    ]
    svg = str(figures.trade_off(rows))
    front = re.search(r'class="front" d="(.+?)"', svg)
    assert front is not None
    stops = re.findall(r'class="stop" cx="(\S+)" cy="(\S+)"', svg)
    places = re.findall(r"[ML](\S+) ([\d.]+)", front.group(1))
    assert places == [stops[0], stops[2]]


@given(st.floats(-9, 4), st.floats(0, 6))
def test_a_logarithmic_axis_holds_its_data(low: float, span: float) -> None:
    scale = logarithmic(10**low, 10 ** (low + span))
    assert scale.low <= low + 1e-6
    assert scale.high >= low + span - 1e-6
    assert 2 <= len(scale.ticks) <= 11
    assert scale.ticks == tuple(sorted(set(scale.ticks)))
    assert len(scale.names) == len(set(scale.names)) == len(scale.ticks)


def test_a_logarithmic_axis_names_its_ticks() -> None:
    assert logarithmic(2.3, 8.6).names == ("2", "3", "4", "5", "6", "8", "10")
    assert logarithmic(1e-6, 1e-3).names == ("10⁻⁶", "10⁻⁵", "10⁻⁴", "0.001")


def stops(svg: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r'class="stop" cx="(\S+)" cy="(\S+)"', svg)]


def test_the_float_model_is_a_line_and_half_a_point_below_it_another() -> None:
    rows = [
        CurveRow("float", "float", 1, 17_000_000, 1, 266, 1, 300, 1.0, 0.0, 1.0),
        CurveRow("a", "a", 1, 4_000_000, 1, 266, 1, 300, 1.0, 0.1, 1.0),
        CurveRow("b", "b", 1, 3_000_000, 1, 240, 1, 300, 0.9, 0.2, 1.0),
    ]
    svg = str(figures.trade_off(rows))
    same, worse = (y for _, y in stops(svg))
    (line,) = re.findall(r'class="diagonal" x1="\S+" y1="(\S+)"', svg)
    (limit,) = re.findall(r'class="limit" x1="\S+" y1="(\S+)"', svg)
    assert same == float(line)
    # 26 of 300 photos are 8.67 points.
    assert float(limit) - same == pytest.approx(0.5 * (worse - same) / (2600 / 300), abs=0.2)
    assert len(stops(str(figures.trade_off(rows[:1])))) == 1  # nothing but the float model


def test_of_divergence_each_method_has_its_line() -> None:
    rows = [
        *a_curve(),
        CurveRow("compact 9e-08", "compact", 1, 2_900_000, 1, 1, 1, 300, 0.9, 0.1, 1.0),
        CurveRow("fp16", "fp16", 1, 9_000_000, 1, 1, 1, 300, 1.0, 0.0, 1.0),
    ]
    svg = str(figures.divergences(rows))
    assert len(stops(svg)) == 3
    compact, fp16 = re.findall(r'class="front" d="M(.+?)"', svg)
    assert len(compact.split("L")) == 2
    assert "L" not in fp16
    small, large = sorted(stops(svg)[:2])
    assert small[1] < large[1]  # fewer bytes, further from float: higher
    assert "nan" not in svg


def test_numbers_of_crowded_points_do_not_cover_each_other() -> None:
    rows = [
        CurveRow("x", "x", 1, size, 1, top1, 1, 300, 0.9, 0.1, 1.0)
        for size, top1 in [
            (4_450_000, 265),
            (3_280_000, 265),
            (4_300_000, 266),
            (4_100_000, 265),
            (4_200_000, 266),
            (9_000_000, 250),
        ]
    ]
    svg = str(figures.trade_off(rows))
    texts = re.findall(r'class="stop-name" x="(\S+)" y="(\S+)">(\d)<', svg)
    assert [number for _, _, number in texts] == list("123456")
    places = [(float(x), float(y)) for x, y, _ in texts]
    for i, (x, y) in enumerate(places):
        assert all(abs(x - a) > 7 or abs(y - b) > 9 for a, b in places[:i])
