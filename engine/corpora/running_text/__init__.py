"""Running text: one string, its rows joined by line breaks."""

from engine.corpora.base import Content, register_content
from engine.registry import discover

RUNNING_TEXT: Content[str] = register_content(
    Content("running_text", "running text", lambda rows, name: "\n".join(rows["text"]))
)

discover(__name__)  # its data sets, one file each
