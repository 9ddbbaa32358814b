"""Files of texts that a visitor brings: what they hold is told from their content, not from their name."""

from engine.files.formats import read_file, read_text
from engine.files.text_file import TextFile, Texts

__all__ = ["TextFile", "Texts", "read_file", "read_text"]
