"""From what a visitor brings to a folder of data: read, map its columns, divide, keep."""

from engine.preparation.shapes import SHAPES, ColumnMapping, ColumnRole, Made, Shape, propose
from engine.preparation.source_table import SourceTable

__all__ = ["SHAPES", "Made", "ColumnMapping", "ColumnRole", "Shape", "SourceTable", "propose"]
