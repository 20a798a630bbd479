"""Why a run is over. Each carries the exit code and the one line that a person reads."""

import signal


class RunOverError(Exception):
    """Ends the run: everything is stopped, `message` is printed and `exit_code` is returned."""

    exit_code = 1

    def __init__(self, message: str, *, exit_code: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        if exit_code is not None:
            self.exit_code = exit_code


class StopAskedError(RunOverError):
    """A signal, or the end of the process that started us."""

    def __init__(self, number: int) -> None:
        name = signal.Signals(number).name
        super().__init__(f"Stopped by {name}.", exit_code=128 + number)
        self.number = number


class ChildEndedError(RunOverError):
    """A program that should have gone on has ended by itself."""
