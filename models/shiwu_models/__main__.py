"""``python -m shiwu_models`` is the same program as ``shiwu-models``."""

from shiwu_models.cli import app

if __name__ == "__main__":
    app(prog_name="shiwu-models")
