"""Safetensors files and sharded Hugging Face directories, read and written a second time."""

import json
import pathlib

import numpy as np

TYPES = {"F32": np.dtype("<f4"), "BF16": np.dtype("<u2")}


def write(path: pathlib.Path, tensors: dict[str, np.ndarray]) -> None:
    """One file: float32 arrays as F32, uint16 arrays as the BF16 whose bits they are."""
    header = {}
    start = 0
    for name, values in tensors.items():
        dtype = "F32" if values.dtype == np.float32 else "BF16"
        header[name] = {"dtype": dtype, "shape": list(values.shape), "data_offsets": [start, start + values.nbytes]}
        start += values.nbytes
    text = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for values in tensors.values():
            file.write(values.astype(values.dtype.newbyteorder("<")).tobytes())


def write_directory(folder: pathlib.Path, tensors: dict[str, np.ndarray], shards: int) -> None:
    """The weights of a directory, dealt out in turn; with an index if there are several files."""
    if shards == 1:
        write(folder / "model.safetensors", tensors)
        return
    names = list(tensors)
    weight_map = {}
    for shard in range(shards):
        file = f"model-{shard + 1:05}-of-{shards:05}.safetensors"
        part = names[shard::shards]
        write(folder / file, {name: tensors[name] for name in part})
        weight_map |= dict.fromkeys(part, file)
    size = sum(values.nbytes for values in tensors.values())
    index = {"metadata": {"total_size": size}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


def read(path: pathlib.Path) -> dict[str, np.ndarray]:
    """The tensors of one file; BF16 as uint16."""
    data = np.memmap(path, dtype=np.uint8, mode="r")
    length = int.from_bytes(bytes(data[:8]), "little")
    header = json.loads(bytes(data[8 : 8 + length]))
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        tensors[name] = data[start:end].view(TYPES[entry["dtype"]]).reshape(entry["shape"])
    return tensors


def read_directory(folder: pathlib.Path) -> dict[str, np.ndarray]:
    index = folder / "model.safetensors.index.json"
    if not index.exists():
        return read(folder / "model.safetensors")
    content = json.loads(index.read_text())
    tensors = {}
    for file in sorted(set(content["weight_map"].values())):
        part = read(folder / file)
        if any(content["weight_map"].get(name) != file for name in part):
            raise SystemExit(f"{index} does not name the tensors of {file}")
        tensors |= part
    size = sum(values.nbytes for values in tensors.values())
    if set(tensors) != set(content["weight_map"]) or size != content["metadata"]["total_size"]:
        raise SystemExit(f"{index} does not say what its files have")
    return tensors


def to_bf16(values: np.ndarray) -> np.ndarray:
    """The bits of the nearest bf16, halfway to the even one, of finite float32 numbers."""
    bits = np.ascontiguousarray(values).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)
