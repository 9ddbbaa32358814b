"""The Data page's URL: where data come from, which, how they are divided, and which examples are shown."""

from __future__ import annotations

from engine.config import option
from engine.corpora.base import SPLITS
from engine.preparation.division import Division
from pages.components.controls.views import composed_of, settings_view

PAGE = "data"
SOURCES = {"catalogue": "Catalogue", "own": "Yours", "file": "Upload or paste", "hub": "Hugging Face Hub"}
PREFIX = "split_"


@composed_of(settings_view(Division, PREFIX))
class DataView:
    """Everything a link to the Data page carries."""

    source: str = option("catalogue", "Where from", choices=tuple(SOURCES))
    corpus: str = option("saltmarsh", "Corpus")
    data: str = option("", "Data set")
    hub: str = option(
        "",
        "Id on the Hub",
        "OWNER/NAME as on the Hub, such as stanfordnlp/imdb. Its rows are read, no code of it is run.",
    )
    config: str = option("", "Configuration")
    examples: str = option("train", "Examples of", choices=SPLITS)
    search: str = option("", "Search the examples", "In whatever case; the first 50 rows that contain it are shown.")
