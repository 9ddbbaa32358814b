"""Running text: one string, its rows joined by line breaks."""

from engine.corpora.base import Content

RUNNING_TEXT: Content[str] = Content("running text", lambda rows, name: "\n".join(rows["text"]))
