"""Checks traces against the Trace Event Format (Google, 2016) as far as Perfetto and Chrome rely on it."""

import json
import sys
from collections import Counter
from decimal import Decimal

METADATA = {"process_name", "thread_name", "thread_sort_index"}


def nanoseconds(event, key):
    """A time of an event; it must be written in microseconds with at most three decimals, and not be negative."""
    time = event.get(key)
    if not isinstance(time, (int, Decimal)) or isinstance(time, bool) or time < 0:
        raise ValueError(f"{key} is {time}, not a time")
    if time * 1000 % 1:
        raise ValueError(f"{key} is {time}, finer than a nanosecond")
    return int(time * 1000)


def check_event(event):
    """What holds for one event alone."""
    if not isinstance(event, dict):
        raise ValueError("not an object")
    for key in ("pid", "tid"):
        if not isinstance(event.get(key), int):
            raise ValueError(f"{key} is {event.get(key)}, not a number")
    if not isinstance(event.get("name"), str) or not event["name"]:
        raise ValueError("no name")
    arguments = event.get("args", {})
    if not isinstance(arguments, dict):
        raise ValueError("args is no object")
    kind = event.get("ph")
    if kind == "M":
        if event["name"] not in METADATA or not arguments:
            raise ValueError("metadata that no viewer knows")
    elif kind == "X":
        nanoseconds(event, "ts")
        nanoseconds(event, "dur")
    elif kind == "C":
        nanoseconds(event, "ts")
        numbers = [value for value in arguments.values() if isinstance(value, (int, Decimal))]
        if not numbers or len(numbers) != len(arguments):
            raise ValueError("a counter without numbers")
    elif kind == "i":
        nanoseconds(event, "ts")
        if event.get("s") not in ("g", "p", "t"):
            raise ValueError("an instant without a scope")
    else:
        raise ValueError(f"phase {kind} is not one that tokenmark writes")


def check_nesting(slices):
    """Slices of a track lie in each other or beside each other: viewers leave out those that do not."""
    still_open = []
    for start, length, name in sorted(slices, key=lambda slice: (slice[0], -slice[1])):
        while still_open and still_open[-1][0] <= start:
            still_open.pop()
        if still_open and start + length > still_open[-1][0]:
            raise ValueError(f"{name} at {start} ns ends after {still_open[-1][1]}, in which it began")
        still_open.append((start + length, name))


def check(path):
    """Checks a file and says what is in it."""
    with open(path, encoding="utf-8") as file:
        trace = json.load(file, parse_float=Decimal)
    events = trace.get("traceEvents") if isinstance(trace, dict) else None
    if not isinstance(events, list) or not events:
        raise ValueError("no traceEvents")
    tracks = {}
    names = set()
    for index, event in enumerate(events):
        try:
            check_event(event)
        except ValueError as error:
            raise ValueError(f"event {index}: {error}") from error
        track = event["pid"], event["tid"]
        if event["ph"] == "X":
            slice = nanoseconds(event, "ts"), nanoseconds(event, "dur"), event["name"]
            tracks.setdefault(track, []).append(slice)
        elif event["name"] == "thread_name":
            names.add(track)
    for track, slices in tracks.items():
        if track not in names:
            raise ValueError(f"track {track} has slices and no name")
        check_nesting(slices)
    kinds = Counter(event["ph"] for event in events)
    return f"{kinds['X']} slices on {len(tracks)} tracks, {kinds['C']} counter values, {kinds['i']} instants"


status = 0
for path in sys.argv[1:]:
    try:
        print(f"{path}: {check(path)}")
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except ValueError as error:
        print(f"{path}: {error}", file=sys.stderr)
        status = 1
sys.exit(status)
