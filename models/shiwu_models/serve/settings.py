"""What a service is told when it starts."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from shiwu_models.picture import Precision


@dataclass(frozen=True)
class Settings:
    """Each has a bound: nothing that a client sends makes the service grow without end."""

    model: Path
    # Of one run. Half of the cores, for there are two runs at a time.
    threads: int = field(default_factory=lambda: max(1, (os.cpu_count() or 1) // 2))
    decoders: int = field(default_factory=lambda: os.cpu_count() or 1)  # pictures decoded at once
    max_batch: int = 16  # pictures in one run of the network
    max_wait: float = 0.005  # seconds that a picture waits for others that are on their way
    queue: int = 64  # pictures taken in and not answered yet; one more is refused with 429
    max_bytes: int = 32 << 20  # of one file
    max_pixels: int = 100_000_000
    max_files: int = 16  # in one request
    precision: Precision = "fast"
    api_key: str | None = None
    cors: tuple[str, ...] = ()  # origins whose pages may ask

    @property
    def max_body(self) -> int:
        """Bytes of a whole request, with room for what frames the files."""
        return self.max_files * (self.max_bytes + 4096)
