"""The report's data to one self-contained HTML file."""

from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from shiwu_models.bench.result import ENGINE_NAMES
from shiwu_models.manifest import Resize
from shiwu_models.report import figures
from shiwu_models.report.data import Report

OPERATORS = 12  # rows of the histogram
CONFUSIONS = 15


def render(report: Report) -> str:
    """The page: no script, nothing from elsewhere; whatever a name holds is shown as text."""
    folder = files("shiwu_models") / "report"
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "megabytes": lambda count: f"{count / 1e6:.2f} MB",
        "millions": lambda count: f"{count / 1e6:,.2f} M",
        "numbers": lambda values: ", ".join(f"{value:g}" for value in values),
        "percent": _percent,
    }
    environment.globals |= {
        "scatter": figures.scatter,
        "delta_histogram": figures.delta_histogram,
        "reliability": figures.reliability,
        "trade_off": figures.trade_off,
        "divergences": figures.divergences,
    }
    template = environment.from_string((folder / "template.html.j2").read_text(encoding="utf-8"))
    operators = sorted(report.structure["operators"].items(), key=lambda item: (-item[1], item[0]))
    single = report.evaluation.single if report.evaluation else None
    return template.render(
        **vars(report),
        # The style sheet is this package's own, and "<" does not occur in it.
        style=Markup((folder / "style.css").read_text(encoding="utf-8")),  # noqa: S704
        resize_words=_resize_words(report.overview.manifest.resize),
        operators=operators[:OPERATORS],
        operators_left=max(len(operators) - OPERATORS, 0),
        engines=ENGINE_NAMES,
        slowest=max((row.p95_ms for row in report.bench.rows), default=1) if report.bench else 1,
        confusions=single.confusions[:CONFUSIONS] if single else [],
        contents=[
            ("structure", "结构", True),
            ("consistency", "一致性", report.consistency is not None),
            ("quantisation", "量化", bool(report.curve)),
            ("latency", "延迟", report.bench is not None),
            ("accuracy", "正确率与校准", report.evaluation is not None),
            ("specimens", "示例", bool(report.specimens)),
        ],
    )


def _percent(share: float) -> str:
    """0.3931 → 39.3%; shares that would round to 0.0% or 100.0% say so."""
    if 0 < share < 0.0005:
        return "<0.1%"
    if 0.9995 <= share < 1:
        return ">99.9%"
    return f"{share:.1%}"


def _resize_words(resize: Resize) -> str:
    words = {
        "crop-shortest": f"居中裁剪 {resize.crop_fraction:g}",
        "stretch": "整图拉伸",
        "pad": "整图居中，补黑边",
    }
    return f"{words[resize.mode]}，{resize.filter}"
