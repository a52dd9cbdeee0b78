"""The command line: one file a command.

Commands read and write files, print, and turn ModelError into an exit status; what they do is in
the package's other folders. torch takes seconds to import, so a command imports what it needs when
it runs.
"""

import typer

from shiwu_models.cli.bench import bench
from shiwu_models.cli.calibrate import calibrate
from shiwu_models.cli.classify import classify
from shiwu_models.cli.evaluate import evaluate
from shiwu_models.cli.export import export
from shiwu_models.cli.inspect import inspect
from shiwu_models.cli.make_default import golden, make_default, relabel, schema
from shiwu_models.cli.pack import pack, unpack
from shiwu_models.cli.quantize import quantize
from shiwu_models.cli.report import report
from shiwu_models.cli.serve import serve
from shiwu_models.cli.simplify import simplify
from shiwu_models.cli.verify import verify

app = typer.Typer(
    help="识物的模型流水线：从 PyTorch 到一个自带说明的 .onnx。 From PyTorch to one .onnx.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
COMMANDS = (
    inspect,
    pack,
    unpack,
    export,
    simplify,
    quantize,
    verify,
    evaluate,
    calibrate,
    bench,
    report,
    classify,
    serve,
    make_default,
    relabel,
    golden,
    schema,
)
for command in COMMANDS:
    app.command()(command)
