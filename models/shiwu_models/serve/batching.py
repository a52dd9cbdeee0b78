"""Dynamic batching: pictures of several requests go through the network together."""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass
class _Waiting(Generic[Item, Answer]):
    item: Item
    answer: "asyncio.Future[Ran[Answer]]"
    since: float


@dataclass(frozen=True)
class Ran(Generic[Answer]):
    """An answer, and how it came about; times in milliseconds."""

    answer: Answer
    waited: float
    ran: float
    batch: int


class Batcher(Generic[Item, Answer]):
    """At most ``runs`` runs at a time, each of at most ``max_batch`` items, in the order in which
    they came. What waits is shared out among the runs that are free: one large batch would leave
    the others idle.

    An item waits for others only while ``on_their_way`` says that more are coming than are there or
    being run, and never longer than ``max_wait`` seconds before its run.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Item]], Sequence[Answer]],
        *,
        max_batch: int,
        max_wait: float,
        on_their_way: Callable[[], int],
        runs: int = 1,
    ) -> None:
        """``run`` is called in threads of its own, as many as ``runs``. ``on_their_way`` counts
        every item that has no answer yet."""
        self._run = run
        self._free = runs
        self._max_batch = max_batch
        self._max_wait = max_wait
        self._on_their_way = on_their_way
        self._waiting: deque[_Waiting[Item, Answer]] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._items_running = 0
        self._changed = asyncio.Event()
        self._threads = ThreadPoolExecutor(runs, "network")
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """In the event loop that submits."""
        self._task = asyncio.create_task(self._loop())

    async def close(self) -> None:
        """After what is waiting has been answered."""
        self._closing = True
        self._changed.set()
        if self._task is not None:
            await self._task
        self._threads.shutdown()

    async def submit(self, item: Item) -> Ran[Answer]:
        """Raises what ``run`` raised for the batch."""
        future: asyncio.Future[Ran[Answer]] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(item, future, perf_counter()))
        self._changed.set()
        return await future

    def expect_fewer(self) -> None:
        """Something that was on its way will not come: nobody is to wait for it."""
        self._changed.set()

    async def _loop(self) -> None:
        while self._waiting or not self._closing:
            if not self._waiting or not self._free:
                await self._change()
                continue
            await self._until_full()
            batch = self._take()
            if batch:
                self._begin(batch)
        await asyncio.gather(*self._running)

    async def _change(self, within: float | None = None) -> bool:
        """False if nothing changed ``within`` so many seconds."""
        self._changed.clear()
        try:
            async with asyncio.timeout(within):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True

    async def _until_full(self) -> None:
        end = self._waiting[0].since + self._max_wait
        while not self._closing and len(self._waiting) < min(
            self._free * self._max_batch, self._on_their_way() - self._items_running
        ):
            left = end - perf_counter()
            if left <= 0 or not await self._change(left):
                return

    def _take(self) -> list[_Waiting[Item, Answer]]:
        share = min(self._max_batch, math.ceil(len(self._waiting) / self._free))
        batch: list[_Waiting[Item, Answer]] = []
        while self._waiting and len(batch) < share:
            one = self._waiting.popleft()
            if not one.answer.done():  # its client has gone
                batch.append(one)
        return batch

    def _begin(self, batch: list[_Waiting[Item, Answer]]) -> None:
        self._free -= 1
        self._items_running += len(batch)
        task = asyncio.create_task(self._answer(batch))
        self._running.add(task)

        def end(_: asyncio.Task[None]) -> None:
            self._running.discard(task)
            self._free += 1
            self._items_running -= len(batch)
            self._changed.set()

        task.add_done_callback(end)

    async def _answer(self, batch: list[_Waiting[Item, Answer]]) -> None:
        start = perf_counter()
        loop = asyncio.get_running_loop()
        try:
            items = [one.item for one in batch]
            found = await loop.run_in_executor(self._threads, self._run, items)
        except Exception as error:  # each of them is told
            for one in batch:
                if not one.answer.done():
                    one.answer.set_exception(error)
            return
        ran = 1e3 * (perf_counter() - start)
        for one, answer in zip(batch, found, strict=True):
            if not one.answer.done():
                waited = 1e3 * (start - one.since)
                one.answer.set_result(Ran(answer, waited, ran, len(batch)))
