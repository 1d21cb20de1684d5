"""Makes calls fail in turn and looks at what is left. Usage: check.py TOKENMARK FAULTS.so WORK [CALLS]; see check-faults."""

import array
import collections
import errno
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import time
from typing import NamedTuple

# As in faults.c.
FUNCTIONS = (
    "write send fsync rename open mkdir ftruncate truncate msync posix_fallocate mmap mprotect mbind sched_setaffinity "
    "pthread_create posix_spawn pipe2"
).split()
FOR_EVER = 1 << 62
# A run takes a fraction of a second.
SECONDS = 60
DOCUMENTED = {0, 1, 2}

# How a function fails: an errno, 0 for half of a write; and whether all later calls fail too.
SHORT, ONCE, ON = 0, False, True
DISK = [(errno.ENOSPC, ON), (errno.EIO, ONCE)]
FAULTS = {
    "write": [(errno.ENOSPC, ON), (errno.ENOSPC, ONCE), (errno.EIO, ONCE), (errno.EINTR, ONCE), (SHORT, ONCE)],
    "send": [(errno.EIO, ONCE), (errno.EPIPE, ONCE), (errno.EINTR, ONCE), (SHORT, ONCE)],
    "fsync": [(errno.EIO, ONCE), (errno.EIO, ON), (errno.EINTR, ONCE)],
    "rename": DISK, "open": [*DISK, (errno.EMFILE, ONCE)], "mkdir": DISK, "ftruncate": DISK, "truncate": DISK,
    "msync": DISK, "posix_fallocate": DISK,
    "mmap": [(errno.ENOMEM, ONCE), (errno.ENOMEM, ON)], "mprotect": [(errno.ENOMEM, ONCE), (errno.ENOMEM, ON)],
    "mbind": [(errno.EPERM, ON), (errno.EPERM, ONCE), (errno.ENOSYS, ON), (errno.EIO, ONCE)],
    "sched_setaffinity": [(errno.EPERM, ON), (errno.EPERM, ONCE), (errno.ENOSYS, ON), (errno.EINVAL, ONCE)],
    "pthread_create": [(errno.EAGAIN, ONCE)], "posix_spawn": [(errno.EAGAIN, ONCE), (errno.EAGAIN, ON)],
    "pipe2": [(errno.EMFILE, ONCE), (errno.EMFILE, ON)],
}


class Fault(NamedTuple):
    function: str
    error: int
    goes_on: bool
    call: int

    @property
    def name(self) -> str:
        return f"{errno.errorcode[self.error] if self.error else 'half'}{' on' if self.goes_on else ''}"


class Ending(NamedTuple):
    status: int | None
    output: str
    error: str
    faults: int
    calls: dict[str, int]


class Job(NamedTuple):
    """A command that is tried: `{out}` in its arguments is a place of its own for each run."""

    name: str
    process: str
    arguments: list[str]
    check: object
    # What lies at `{out}` before.
    given: pathlib.Path | None = None


def write_model(folder: pathlib.Path) -> None:
    """Two layers of random weights, as a Hugging Face directory."""
    hidden, inner, vocabulary, layers = 64, 128, 256, 2
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({
        "model_type": "llama", "hidden_act": "silu", "hidden_size": hidden, "num_hidden_layers": layers,
        "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": inner, "vocab_size": vocabulary,
        "max_position_embeddings": 64, "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "tie_word_embeddings": True,
    }))
    shapes = {"model.embed_tokens.weight": [vocabulary, hidden], "model.norm.weight": [hidden]}
    for layer in range(layers):
        block = {
            "input_layernorm": [hidden], "post_attention_layernorm": [hidden],
            "self_attn.q_proj": [hidden, hidden], "self_attn.k_proj": [hidden // 2, hidden],
            "self_attn.v_proj": [hidden // 2, hidden], "self_attn.o_proj": [hidden, hidden],
            "mlp.gate_proj": [inner, hidden], "mlp.up_proj": [inner, hidden], "mlp.down_proj": [hidden, inner],
        }
        shapes |= {f"model.layers.{layer}.{name}.weight": shape for name, shape in block.items()}
    header, data, generator = {}, bytearray(), random.Random(1)
    for name, shape in shapes.items():
        count = shape[0] * (shape[1] if len(shape) > 1 else 1)
        values = array.array("f", (generator.gauss(0, 0.1) for _ in range(count))).tobytes()
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)


class Program:
    def __init__(self, path: str, library: str, work: pathlib.Path):
        self.path, self.library, self.work = path, library, work
        self.calls = work / "calls"

    def run(self, arguments: list[str], process: str | None = None, fault: Fault | None = None) -> Ending:
        """Runs a command, its stdout a file; with a process, counts its calls, and lets one or more fail."""
        environment = os.environ | {"TMPDIR": str(self.work)}
        self.calls.write_bytes(bytes(8 * (len(FUNCTIONS) + 1)))
        if process:
            environment |= {"LD_PRELOAD": self.library, "FAULTS_PROCESS": process, "FAULTS_CALLS": str(self.calls)}
        if fault:
            environment |= {
                "FAULTS_FUNCTION": fault.function, "FAULTS_FIRST": str(fault.call), "FAULTS_ERROR": str(fault.error),
                "FAULTS_LAST": str(FOR_EVER if fault.goes_on else fault.call),
            }
        output = self.work / "stdout"
        with output.open("wb") as stdout:
            try:
                ended = subprocess.run(
                    [self.path, *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=stdout,
                    stderr=subprocess.PIPE, timeout=SECONDS, cwd=self.work,
                )
                status, error = ended.returncode, ended.stderr.decode(errors="replace")
            except subprocess.TimeoutExpired as expired:
                status, error = None, (expired.stderr or b"").decode(errors="replace")
        *made, failed = struct.unpack(f"<{len(FUNCTIONS) + 1}Q", self.calls.read_bytes())
        return Ending(status, output.read_text(errors="replace"), error, failed, dict(zip(FUNCTIONS, made)))


class Check:
    """One faulty run and what is wrong with it."""

    def __init__(self, program: Program, job: Job, fault: Fault, place: pathlib.Path):
        self.program, self.job, self.fault, self.place = program, job, fault, place
        self.findings: list[str] = []

    def demand(self, holds: bool, what: str) -> bool:
        if not holds:
            self.findings.append(what)
        return holds

    def arguments(self) -> list[str]:
        return [argument.replace("{out}", str(self.place)) for argument in self.job.arguments]

    def run(self) -> int:
        """Returns how many calls failed."""
        if self.job.given:
            shutil.copytree(self.job.given, self.place)
        ended = self.program.run(self.arguments(), self.job.process, self.fault)
        error = ended.error.strip()
        if not self.demand(ended.status is not None, f"hangs; stderr: {error}"):
            return ended.faults
        if not self.demand(ended.status in DOCUMENTED, f"ends with {ended.status}; stderr: {error}"):
            return ended.faults
        reasons = [line for line in error.splitlines() if line.startswith("tokenmark: ")]
        if ended.status == 2:
            # The line itself may be what could not be written.
            is_told = 1 <= len(reasons) <= (2 if self.job.process == "worker" else 1)
            is_told = is_told or (not error and self.fault.function == "send")
            self.demand(is_told, f"says not what is wrong in one line: {error}")
        self.job.check(self, ended)
        return ended.faults

    def retry(self, arguments: list[str], fault: Fault | None = None) -> Ending:
        ended = self.program.run(arguments, self.job.process if fault else None, fault)
        self.demand(ended.status is not None, f"{arguments[0]} hangs afterwards")
        return ended


def lines_of(path: pathlib.Path) -> list[str]:
    """The whole lines of a file."""
    if not path.exists():
        return []
    return [line for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]


def check_sweep(check: Check, ended: Ending) -> None:
    report, samples, refusal = check.place, check.place / "samples.jsonl", None
    before = lines_of(samples)
    given = lines_of(check.job.given / "samples.jsonl") if check.job.given else []
    check.demand(before[: len(given)] == given, "what was measured before is gone")
    is_refused = check.fault.call == 1 and check.fault.error in (errno.EPERM, errno.ENOSYS)
    rows_failed = [line for line in before if json.loads(line)["kind"] == "outcome"]
    if ended.status == 0:
        check.demand(not rows_failed, "ends with 0 although a point failed")
        check.demand(len(before) == 4, f"ends with 0, but {len(before)} lines of samples in place of 4")
        check.demand("Report: " in ended.output, "ends with 0, but stdout was not written")
        check.demand((report / "report.html").exists(), "ends with 0 without a page")
        manifest = json.loads((report / "manifest.json").read_text())
        check.demand(manifest["status"] == "completed", "ends with 0, but the manifest says otherwise")
        check.demand(not is_refused or manifest["warnings"], "a refusal without a warning in the report")
        if is_refused:
            verdicts = (report / "summary.csv").read_text()
            check.demand("invalid" not in verdicts, "a refusal made rows invalid")
    if ended.status == 1:
        is_lost = "cannot write to stdout" in ended.error
        check.demand(bool(rows_failed) or is_lost, f"ends with 1 without a reason: {ended.error}")
    check.demand("\0" not in "".join(before), "bytes of a hole in the samples")
    if (report / "manifest.json").exists():
        read = check.retry(["report", str(report)])
        check.demand(read.status == 0, f"the report cannot be read: {read.error}")
        # Threads that are pinned now and were not then would be another configuration.
        manifest = json.loads((report / "manifest.json").read_text())
        if "pins_refused" in manifest["sections"]["execution"]:
            refusal = check.fault._replace(call=1, goes_on=True)
    resumed = check.retry([*check.arguments()[:-2], "--resume", str(report)], refusal)
    # What came out otherwise than ok is not tried again.
    check.demand(resumed.status == (1 if rows_failed else 0), f"--resume ends with {resumed.status}: {resumed.error}")
    after = lines_of(samples)
    check.demand(after[: len(before)] == before, "--resume lost what was measured")
    rows = [json.loads(line) for line in after]
    names = [(row["point"], row["repetition"]) for row in rows if row["kind"] == "repetition"]
    check.demand(len(set(names)) == len(names), "a repetition is there twice")
    failed = {row["point"] for row in rows if row["kind"] == "outcome"}
    whole = {point: sum(name[0] == point for name in names) for point in ("b1-i8-o4", "b2-i8-o4")}
    check.demand(
        all(count == 2 or point in failed for point, count in whole.items()), f"repetitions after --resume: {whole}")


def check_output(check: Check, ended: Ending) -> None:
    """Of a command that makes one file or directory: it is whole or not there, and can be made."""
    is_lost = "cannot write to stdout" in ended.error
    check.demand(ended.status != 1 or is_lost, f"ends with 1 without a reason: {ended.error}")
    check.demand(ended.status != 0 or check.place.exists(), "ends with 0 without output")
    check.demand(
        not check.place.exists() or content(check.place) == content(check.place.parent / "clean"),
        "leaves an output that is not whole")
    if check.place.is_dir():
        shutil.rmtree(check.place)
    else:
        check.place.unlink(missing_ok=True)
    again = check.retry(check.arguments())
    check.demand(again.status == 0, f"cannot be done again: {again.error}")


def check_search(check: Check, ended: Ending) -> None:
    is_lost = "cannot write to stdout" in ended.error
    is_whole = (check.place / "report.html").exists()
    check.demand(ended.status != 0 or is_whole, "ends with 0 without a page")
    check.demand(ended.status != 1 or is_lost or is_whole, f"ends with 1 without a reason: {ended.error}")
    left = [path.name for path in check.program.work.glob("*.packed*")]
    check.demand(not left, f"leaves {left}")
    check.demand(not (check.place / "manifest.json.tmp").exists(), "leaves manifest.json.tmp")


def content(path: pathlib.Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    return {"" if file == path else str(file.relative_to(path)): file.read_bytes() for file in files}


def sampled(count: int, most: int) -> list[int]:
    """The numbers of calls that are tried: all, or the first, the last and what lies evenly between."""
    if count <= most:
        return list(range(1, count + 1))
    return sorted({1 + round(index * (count - 1) / (most - 1)) for index in range(most)})


def try_all(program: Program, job: Job, most: int, table: list) -> int:
    """Runs a job once without faults, then with each; returns how many runs something is wrong with."""
    folder = program.work / "tried" / job.name
    folder.mkdir(parents=True)
    clean = Check(program, job, Fault("", 0, False, 0), folder / "clean")
    if job.given:
        shutil.copytree(job.given, clean.place)
    counted = program.run(clean.arguments(), job.process)
    if counted.status != 0:
        raise SystemExit(f"error: {job.name} ends with {counted.status} without a fault: {counted.error}")
    wrong = 0
    for function in FUNCTIONS:
        count = counted.calls[function]
        for error, goes_on in FAULTS[function] if count else []:
            calls = sampled(count, most)
            struck, bad = 0, 0
            for call in calls:
                check = Check(program, job, Fault(function, error, goes_on, call), folder / "tried")
                # A run may take another course, and call less often.
                struck += check.run() > 0
                for finding in check.findings:
                    print(f"FOUND {job.name}: {function} {check.fault.name}, call {call}: {finding}", flush=True)
                bad += bool(check.findings)
                shutil.rmtree(check.place, ignore_errors=True)
                check.place.unlink(missing_ok=True)
                for left in program.work.glob("*.packed*"):
                    left.unlink()
            wrong += bad
            name = Fault(function, error, goes_on, 1).name
            table.append([job.name, function, name, count, len(calls), struck, bad])
            print("  ".join(str(cell) for cell in table[-1]), file=sys.stderr, flush=True)
    return wrong


def main() -> int:
    tokenmark, library, work, *rest = sys.argv[1:]
    most = int(rest[0]) if rest else 12
    program = Program(tokenmark, library, pathlib.Path(work))
    model = program.work / "model"
    write_model(model)
    common = ["--weights", str(model), "--precision", "f32", "--pairs", "8x4"]
    sweep = ["sweep", *common, "--batch", "1,2", "--repetitions", "2", "--warmup", "0", "--control", "0", "--no-roof"]
    end = ["--report-dir", "{out}"]
    # So that mbind is called, also on a machine with one node.
    placed = ["--numa", "interleave"]
    report = str(program.work / "report")
    if program.run([*sweep, *placed, "--report-dir", report]).status != 0:
        raise SystemExit("error: a sweep without a fault fails")
    cut_off = program.work / "cut-off"
    cut_off.mkdir()
    shutil.copy(f"{report}/manifest.json", cut_off)
    lines = lines_of(pathlib.Path(report) / "samples.jsonl")
    (cut_off / "samples.jsonl").write_text("".join(lines[:2]) + lines[2][:100])
    convert = ["convert", "--weights", str(model), "--output", "{out}", "--precision"]
    jobs = [
        Job("sweep, parent", "parent", [*sweep, *placed, *end], check_sweep),
        Job("sweep, worker", "worker", [*sweep, *placed, *end], check_sweep),
        Job("sweep in process", "parent", [*sweep, *placed, "--in-process", *end], check_sweep),
        Job("resume, parent", "parent", [*sweep, *placed, "--resume", "{out}"], check_sweep, cut_off),
        Job("max-batch, parent", "parent", ["max-batch", *common, "--batch-range", "1:2", *end], check_search),
        Job("convert", "parent", [*convert, "int8"], check_output),
        Job("convert to safetensors", "parent", [*convert, "f32", "--to", "safetensors"], check_output),
        Job("report", "parent", ["report", report, "--format", "html", "--output", "{out}"], check_output),
    ]
    table, began = [], time.monotonic()
    wrong = sum(try_all(program, job, most, table) for job in jobs)
    print("| command | function | fault | calls | tried | struck | findings |\n|---|---|---|---:|---:|---:|---:|")
    for row in table:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    totals = collections.Counter()
    for *_, tried, struck, _ in table:
        totals.update(tried=tried, struck=struck)
    print(f"\n{totals['tried']} runs, a fault in {totals['struck']}, {wrong} with findings, "
          f"{time.monotonic() - began:.0f} s")
    return 1 if wrong else 0


sys.exit(main())
