"""GGUF files, read a second time: metadata, and tensors in F32, Q4_1 and Q8_0 as float32 (ggml's docs/gguf.md)."""

import mmap
import pathlib
import struct

import numpy as np

SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
TEXT, LIST = 8, 9


class File:
    """`metadata` by key, `tensors` by name: (type, shape with rows first, offset)."""

    def __init__(self, path: pathlib.Path):
        with path.open("rb") as file:
            self.bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.offset = 0
        magic, version, tensor_count, key_count = self._take("4sIQQ")
        if magic != b"GGUF" or version != 3:
            raise SystemExit(f"{path} is not a GGUF file of version 3")
        self.metadata = {}
        for _ in range(key_count):
            key = self._text()
            (kind,) = self._take("I")
            self.metadata[key] = self._value(kind)
        entries = []
        for _ in range(tensor_count):
            name = self._text()
            (dimensions,) = self._take("I")
            shape = self._take(f"{dimensions}Q")[::-1]
            entries.append((name, shape, *self._take("IQ")))
        alignment = self.metadata.get("general.alignment", 32)
        start = -(-self.offset // alignment) * alignment
        self.tensors = {name: (kind, shape, start + offset) for name, shape, kind, offset in entries}

    def _take(self, form: str) -> tuple:
        values = struct.unpack_from("<" + form, self.bytes, self.offset)
        self.offset += struct.calcsize("<" + form)
        return values

    def _text(self) -> str:
        (length,) = self._take("Q")
        text = self.bytes[self.offset : self.offset + length]
        self.offset += length
        return text.decode()

    def _value(self, kind: int):
        if kind == TEXT:
            return self._text()
        if kind == LIST:
            kind, count = self._take("IQ")
            if kind == TEXT:
                return [self._text() for _ in range(count)]
            return list(self._take(f"{count}{SCALARS[kind]}"))
        return self._take(SCALARS[kind])[0]

    def tensor(self, name: str) -> np.ndarray:
        """The numbers of a tensor, float32."""
        kind, shape, offset = self.tensors[name]
        count = int(np.prod(shape))
        if kind == 0:
            return np.frombuffer(self.bytes, "<f4", count, offset).reshape(shape)
        if kind == 3:
            return self._q4_1(count, offset).reshape(shape)
        if kind == 8:
            return self._q8_0(count, offset).reshape(shape)
        raise SystemExit(f"{name} is of the type {kind}; F32, Q4_1 and Q8_0 are read")

    def _q4_1(self, count: int, offset: int) -> np.ndarray:
        """Blocks of 32: scale and minimum in f16, and 16 bytes whose low halves come first."""
        block = np.dtype([("scale", "<f2"), ("minimum", "<f2"), ("pairs", "u1", 16)])
        blocks = np.frombuffer(self.bytes, block, count // 32, offset)
        numbers = np.concatenate([blocks["pairs"] & 15, blocks["pairs"] >> 4], axis=1).astype(np.float32)
        scale, minimum = (blocks[field].astype(np.float32)[:, None] for field in ("scale", "minimum"))
        return numbers * scale + minimum

    def _q8_0(self, count: int, offset: int) -> np.ndarray:
        """Blocks of 32: a scale in f16 and 32 int8."""
        block = np.dtype([("scale", "<f2"), ("numbers", "i1", 32)])
        blocks = np.frombuffer(self.bytes, block, count // 32, offset)
        return blocks["numbers"].astype(np.float32) * blocks["scale"].astype(np.float32)[:, None]
