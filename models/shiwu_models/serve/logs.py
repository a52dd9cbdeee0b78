"""One JSON object a line. Nothing of a picture is in it: no name, no pixels, no answer."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

LOGGER = logging.getLogger("shiwu.serve")


class JsonLines(logging.Formatter):
    """Time, level, what happened, and the fields that were given with it."""

    def format(self, record: logging.LogRecord) -> str:
        """A line, without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log(event: str, **fields: Any) -> None:  # noqa: ANN401 (whatever JSON has)
    """What happened, and its figures."""
    LOGGER.info(event, extra={"fields": fields})


def use_json_lines() -> None:
    """For this service's lines and the server's own, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("shiwu.serve", "uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.INFO)
