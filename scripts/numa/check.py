#!/usr/bin/env python3
"""Holds what the kernel of the guest said about each sweep of scripts/two-nodes against what the sweep was asked to do
and what its manifest says. Prints a line per check; exit status 1 if one failed.

Argument: the folder with the evidence.
"""

import json
import re
import sys
from pathlib import Path
from typing import NamedTuple

NODE_OF_CPU = {0: 0, 1: 0, 2: 1, 3: 1}
DISTANCES = [[10, 21], [21, 10]]
PAGE = 4 << 10
HUGE_PAGE = 2 << 20
# Of the whole: shares end within pages, and matrices are cut at whole panels.
TOLERANCE = 0.01


class Table:
    def __init__(self):
        self.failures = 0

    def check(self, case, what, passes, found):
        self.failures += not passes
        print(f"{'PASS' if passes else 'FAIL'}  {case:<24}{what:<46}{found}")


class Region(NamedTuple):
    mapped: int
    nodes: list
    policies: set


class Moment:
    """A worker process as the kernel saw it at one moment."""

    def __init__(self, folder):
        self.threads = {}
        for line in (folder / "threads").read_text().splitlines():
            name, _, cpus = line.rpartition(" ")
            self.threads.setdefault(name, []).append(cpus)
        placed = {}
        for line in (folder / "numa_maps").read_text().splitlines():
            start, policy, *rest = line.split()
            pairs = dict(word.split("=") for word in rest if "=" in word)
            unit = int(pairs.get("kernelpagesize_kB", 4)) << 10
            nodes = [int(pairs.get(f"N{node}", 0)) * unit for node in range(2)]
            placed[int(start, 16)] = (policy, nodes)
        # Neighbours of one access are one block here, whatever else tells them apart: [start, end, access, nodes, policies]
        blocks = []
        for line in (folder / "maps").read_text().splitlines():
            addresses, access, _, _, inode, *_ = line.split()
            start, end = (int(text, 16) for text in addresses.split("-"))
            policy, nodes = placed.get(start, (None, [0, 0]))
            if blocks and blocks[-1][1:3] == [start, access] and inode == "0":
                blocks[-1][1] = end
                blocks[-1][3] = [a + b for a, b in zip(blocks[-1][3], nodes)]
                blocks[-1][4] |= {policy}
            else:
                blocks.append([start, end, access, nodes, {policy}])
        # A MemoryRegion begins at a multiple of 2 MiB and has inaccessible pages on both sides.
        self.regions = [
            Region(end - start, nodes, policies)
            for before, (start, end, access, nodes, policies), after in zip(blocks, blocks[1:], blocks[2:])
            if start % HUGE_PAGE == 0 and access == "rw-p"
            and before[1:3] == [start, "---p"] and after[0] == end and after[2] == "---p"
        ]

    def regions_of(self, byte_count):
        """The regions that were made for so many bytes and have a page for each of them."""
        unit = HUGE_PAGE if byte_count >= HUGE_PAGE else PAGE
        mapped = -(-byte_count // unit) * unit
        return [r for r in self.regions if r.mapped == mapped and sum(r.nodes) >= byte_count]


def options_of(text):
    words = text.split()
    return dict(zip(words[::2], words[1::2]))


def cpus_of(options):
    if "--cpus" not in options:
        return list(range(int(options["--threads"])))
    cpus = []
    for part in options["--cpus"].split(","):
        first, _, last = part.partition("-")
        cpus += range(int(first), int(last or first) + 1)
    return cpus


def expected_shares(policy, cpus, name):
    """The part of the bytes of `weights`, `kv_cache` or `scratch` that each node should hold."""
    if policy.startswith("bind:"):
        bound = int(policy.removeprefix("bind:"))
        return [float(node == bound) for node in range(2)]
    if policy == "interleave":
        return [0.5, 0.5]
    if policy == "replicate" and name == "weights":
        return [0.5, 0.5]
    # Every thread touches its share of all of them first.
    return [sum(NODE_OF_CPU[cpu] == node for cpu in cpus) / len(cpus) for node in range(2)]


def mebibytes(nodes):
    return " + ".join(f"{bytes / (1 << 20):.1f}" for bytes in nodes) + " MiB"


def check_doctor(table, text, machine):
    nodes = re.search(r"NUMA nodes: (\d+)", text)
    table.check("doctor", "nodes", bool(nodes) and nodes[1] == "2", nodes[0] if nodes else "not told")
    distances = [node["distances"] for node in machine["nodes"]]
    table.check("doctor", "distances in the manifest", distances == DISTANCES, distances)
    cpus = [node["cpus"] for node in machine["nodes"]]
    table.check("doctor", "CPUs of the nodes in the manifest", cpus == ["0-1", "2-3"], cpus)
    memory = [node["memory_bytes"] for node in machine["nodes"]]
    table.check(
        "doctor", "memory of the nodes in the manifest", all(1.7 < (m or 0) / 2**30 <= 2 for m in memory),
        mebibytes(memory))


def check_pins(table, case, cpus, execution, moment):
    table.check(case, "CPUs asked for", execution["asked_cpus"] == cpus, execution["asked_cpus"])
    pins = [
        (pin["asked_cpu"], pin["allowed_cpus"], pin["running_on"])
        for pin in sorted(execution["pins"], key=lambda pin: pin["worker"])
    ]
    table.check(
        case, "pins, as the manifest has them", pins == [(cpu, str(cpu), cpu) for cpu in cpus],
        [got for _, _, got in pins])
    # The first worker is the thread that drives the sweep.
    names = ["main"] + [f"tokenmark-{index}" for index in range(1, len(cpus))]
    found = [moment.threads.get(name, []) for name in names]
    table.check(
        case, "pins, as the kernel has them",
        found == [[str(cpu)] for cpu in cpus], [",".join(allowed) for allowed in found])


def check_pages(table, case, policy, cpus, sizes, moment, told):
    words = {"local": "default", "replicate": "default", "interleave": "interleave:0-1"}
    word = words.get(policy, policy)
    for name in ("weights", "kv_cache", "scratch"):
        regions = moment.regions_of(sizes[f"{name}_bytes"])
        found = set().union(*(region.policies for region in regions))
        expected_words = {word}
        if policy == "replicate" and name == "weights":
            # Each copy is bound to its node.
            expected_words = {f"bind:{NODE_OF_CPU[cpu]}" for cpu in cpus}
        table.check(
            case, f"policy of {name}, as the kernel has it", found == expected_words, ", ".join(sorted(found)))
        nodes = [sum(region.nodes[node] for region in regions) for node in range(2)]
        expected = expected_shares(policy, cpus, name)
        # A thread's own scratch is less than a huge page, which lies on one node as a whole.
        pages = 1 + len(cpus) if name == "scratch" else 1
        slack = 0 if 1 in expected else max(TOLERANCE, pages * PAGE / sum(nodes))
        table.check(
            case, f"{name} on nodes 0 + 1",
            all(abs(bytes / sum(nodes) - share) <= slack for bytes, share in zip(nodes, expected)),
            f"{mebibytes(nodes)}, expected {expected[0]:.0%} + {expected[1]:.0%}")
        if policy == "replicate" and name == "weights":
            table.check(
                case, "a whole copy on each node", sorted(r.nodes.index(max(r.nodes)) for r in regions) == [0, 1]
                and all(0 in region.nodes for region in regions), [mebibytes(region.nodes) for region in regions])
        own = [int(told.get(name, {}).get(str(node), 0)) for node in range(2)]
        # The kernel counts whole pages.
        table.check(
            case, f"{name}, as the report has it",
            all(abs(a - b) <= HUGE_PAGE * len(regions) for a, b in zip(own, nodes)) and sum(own) > 0, mebibytes(own))


def check_shares(table, case, cpus, shares):
    table.check(
        case, "nodes of the threads, as the report has them",
        [share["node"] for share in shares] == [NODE_OF_CPU[cpu] for cpu in cpus], [share["node"] for share in shares])
    table.check(
        case, "weights of each thread on its own node",
        all(share["local_bytes"] >= 0.99 * share["bytes"] > 0 for share in shares),
        " ".join(f"{share['local_bytes'] / share['bytes']:.1%}" for share in shares if share["bytes"]))


def check_case(table, folder, case, options):
    status = (folder / "status").read_text().strip()
    table.check(case, "the sweep ends well", status == "0", f"status {status}")
    manifest = json.loads((folder / "report" / "manifest.json").read_text())
    samples = [json.loads(line) for line in (folder / "report" / "samples.jsonl").read_text().splitlines()]
    repetition = next(sample for sample in samples if sample["kind"] == "repetition")
    sizes = dict(repetition["memory_estimate"])
    if options["--numa"] == "replicate":
        # The estimate has all copies; the kernel shows each.
        sizes["weights_bytes"] //= len({NODE_OF_CPU[cpu] for cpu in cpus_of(options)})
    moments = [Moment(moment) for moment in sorted((folder / "moments").iterdir())]
    ready = [moment for moment in moments if all(moment.regions_of(bytes) for bytes in sizes.values())]
    table.check(case, "weights, KV cache and scratch are seen", bool(ready), f"{len(ready)} of {len(moments)} times")
    if ready:
        cpus, policy = cpus_of(options), options["--numa"]
        placement = manifest["sections"]["weights"]["placement"]
        moment = ready[len(ready) // 2]
        check_pins(table, case, cpus, manifest["sections"]["execution"], moment)
        check_pages(table, case, policy, cpus, sizes, moment, repetition["memory_use"]["node_bytes"])
        if policy in ("local", "replicate"):
            check_shares(table, case, cpus, placement["shares"])
    return manifest


def main():
    evidence = Path(sys.argv[1])
    table = Table()
    for line in (evidence / "cases").read_text().splitlines():
        case, _, text = line.partition(" ")
        try:
            manifest = check_case(table, evidence / case, case, options_of(text))
        except (OSError, ValueError, KeyError, StopIteration) as error:
            table.check(case, "the evidence can be read", False, repr(error))
            continue
    try:
        check_doctor(table, (evidence / "doctor").read_text(), manifest["sections"]["machine"])
    except (OSError, NameError, KeyError) as error:
        table.check("doctor", "the evidence can be read", False, repr(error))
    print(f"{table.failures} checks failed" if table.failures else "all checks passed")
    sys.exit(1 if table.failures else 0)


if __name__ == "__main__":
    main()
