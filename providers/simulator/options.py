"""What can be changed while the simulator runs, by POST /_sim/options."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from providers.simulator.behaviours import BY_NAME

OUTAGES = ("", "unavailable", "reset", "hang", "html")


class OptionError(ValueError):
    """An option that doesn't exist, or a value of the wrong kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """Seconds from the answer to each stage, drawn evenly between the two numbers."""

    sent: tuple[float, float] = (0.05, 0.3)
    delivered: tuple[float, float] = (0.3, 1.0)
    read: tuple[float, float] = (1.0, 2.5)
    reaction: tuple[float, float] = (2.5, 4.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Times in seconds, shares from 0 to 1.

    The codes for "IP not whitelisted", "not opted in" and "opt-in refused" are made up: Gupshup's
    real ones are not public. Nobody but this simulator knows them.
    """

    latency: float = 0.15
    latency_jitter: float = 0.0
    hang_seconds: float = 120.0
    behaviours: bool = True
    """Whether the recipient's digits decide; otherwise everybody gets `behaviour` or the mix."""
    behaviour: str = "read"
    mix: Mapping[str, float] = field(default_factory=dict)
    """Behaviour to share, for those whose digits say nothing: {"bad_gateway": 0.01}."""
    reports: bool = True
    delays: Delays = field(default_factory=Delays)
    reports_per_post: tuple[int, int] = (1, 1)
    batch_wait: float = 0.02
    shuffle: bool = False
    duplicates: float = 0.0
    clock_behind: float = 0.0
    """Seconds that the times in delivery reports are behind the truth."""
    callbacks_per_second: float = 0.0
    callback_tries: int = 5
    rate_per_second: float = 0.0
    """Requests per account and second, above which HTTP 429 is answered; 0 is no limit."""
    require_opt_in: bool = True
    idle_close: float = 0.0
    """Seconds after which an idle connection is closed; 0 leaves that to HTTP's usual time."""
    outage: str = ""
    ip_refused: bool = False
    ip_refused_code: str = "901"
    not_opted_in_code: str = "902"
    opt_in_refused_code: str = "903"


def changed_options(options: Options, changes: Mapping[str, Any]) -> Options:
    known = {known.name: getattr(options, known.name) for known in fields(options)}
    unknown = sorted(set(changes) - set(known))
    if unknown:
        raise OptionError(f"no such option: {', '.join(unknown)}")
    values = {name: _value(name, known[name], value) for name, value in changes.items()}
    return replace(options, **values)


def _value(name: str, before: Any, value: Any) -> Any:
    if name == "delays":
        return _delays(before, value)
    if name == "reports_per_post":
        return _at_least_one(name, _range(name, value, int))
    if name == "mix":
        return {_behaviour(named): float(share) for named, share in dict(value).items()}
    if name == "behaviour":
        return _behaviour(value)
    if name == "outage" and value not in OUTAGES:
        raise OptionError(f"outage must be one of: {', '.join(OUTAGES)}")
    return _same_kind(name, before, value)


def _same_kind(name: str, before: Any, value: Any) -> Any:
    kind = type(before)
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        raise OptionError(f"{name} must be a {kind.__name__}")
    if kind in (int, float) and value < 0:
        raise OptionError(f"{name} must not be negative")
    return value


def _delays(before: Delays, given: Mapping[str, Any]) -> Delays:
    stages = [stage.name for stage in fields(Delays)]
    unknown = sorted(set(given) - set(stages))
    if unknown:
        raise OptionError(f"delays has no {', '.join(unknown)}")
    return replace(before, **{stage: _range(stage, given[stage], float) for stage in given})


def _at_least_one(name: str, ends: tuple[int, int]) -> tuple[int, int]:
    if ends[0] < 1:
        raise OptionError(f"{name} must be at least 1")
    return ends


def _behaviour(name: str) -> str:
    if name not in BY_NAME:
        raise OptionError(f"no such behaviour: {name}")
    return name


def _range(name: str, value: Any, kind: type) -> tuple[Any, Any]:
    """One number stands for both ends."""
    ends = value if isinstance(value, list | tuple) else (value, value)
    try:
        low, high = kind(ends[0]), kind(ends[1])
    except (TypeError, ValueError, IndexError):
        raise OptionError(f"{name} must be a number or two") from None
    if not 0 <= low <= high:
        raise OptionError(f"{name} must be two numbers, the smaller first")
    return low, high
