"""Several faults at once, each in a process with a world of its own: most of it is waiting."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

END_SECONDS = 60.0
LONGEST_PLAY = 600.0  # seconds, with the start of its lane
Said = Callable[[str, int, float, Sequence[str]], None]
"""Fault, seed, seconds that it took, problems."""
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
    "PYTHONWARNINGS": "ignore",
    "PYTHONUNBUFFERED": "1",
}


class Lane:
    def __init__(self, faults: Iterable[str]) -> None:
        self._faults = ",".join(faults)
        self._process: subprocess.Popen[str] | None = None

    def play(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """The verdict, or what went wrong in its place."""
        line = self._said_to(order)
        if not line:
            self.close()
            return {"fault": order["fault"], "problems": ["its process ended"]}
        verdict: dict[str, Any] = json.loads(line)
        if "problems" in verdict:
            self.close()
        return verdict

    def _said_to(self, order: Mapping[str, Any]) -> str:
        process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        longest = LONGEST_PLAY + order["size"] / 200
        patience = threading.Timer(longest, process.send_signal, [signal.SIGINT])
        patience.start()
        try:
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
            return process.stdout.readline()
        except BrokenPipeError:
            return ""
        finally:
            patience.cancel()

    def hurry(self) -> None:
        """It ends with what it is at."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            with suppress(BrokenPipeError):
                process.stdin.close()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def _start(self) -> "subprocess.Popen[str]":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.lane"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | SETTINGS | {"FAULTS_TO_COME": self._faults},
        )
        return self._process


class Lanes:
    """Use it as a context. `submit` gives a future of the verdict."""

    def __init__(self, count: int, faults: Sequence[str], *, said: Said | None = None) -> None:
        """`faults`: that may be submitted."""
        self._said = said
        self._free: SimpleQueue[Lane] = SimpleQueue()
        self._lanes = [Lane(faults) for _ in range(count)]
        for lane in self._lanes:
            self._free.put(lane)
        self._threads = ThreadPoolExecutor(count)

    def __enter__(self) -> "Lanes":
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(cancel_futures=True)
        for lane in self._lanes:
            lane.hurry()
        for lane in self._lanes:
            lane.close()

    def submit(
        self, fault: str, *, seed: int, quick: bool, size: int = 0
    ) -> "Future[dict[str, Any]]":
        order = {"fault": fault, "seed": seed, "quick": quick, "size": size}
        return self._threads.submit(self._play, order)

    def _play(self, order: Mapping[str, Any]) -> dict[str, Any]:
        lane = self._free.get()
        began = time.monotonic()
        try:
            verdict = lane.play(order)
        finally:
            self._free.put(lane)
        if self._said is not None:
            took = time.monotonic() - began
            self._said(order["fault"], order["seed"], took, verdict.get("problems", ()))
        return verdict
