"""The cells of a grid, as both engines that this folder measures take them from the command line."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    batch: int
    inputs: int
    outputs: int

    @property
    def id(self) -> str:
        return f"b{self.batch}-i{self.inputs}-o{self.outputs}"


def grid(text: str) -> list[Cell]:
    """Reads BATCH:PAIR,PAIR..., such as 1:256x32,1024x1."""
    batch, pairs = text.split(":")
    return [Cell(int(batch), *map(int, pair.split("x"))) for pair in pairs.split(",")]
