"""Write the phrasebook: python -m engine.corpora.sentence_pairs.phrasebook OUTPUT_FOLDER."""

import argparse
from pathlib import Path

from .dataset import write_dataset


def main() -> None:
    """Write the data set into the folder given on the command line."""
    parser = argparse.ArgumentParser(prog="python -m engine.corpora.sentence_pairs.phrasebook", description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder that receives the Parquet files and README.md")
    write_dataset(parser.parse_args().folder)


if __name__ == "__main__":
    main()
