"""The rows that claims are decided by, selected from stored tables and put into the shape that `measures` reads: a
column `where`, and a value for each seed or part.
"""

from __future__ import annotations

import pandas as pd

from engine.experiments.findings.aggregates import summaries
from engine.experiments.gradients.clipping_search import LEARNT
from engine.experiments.runs.results import rows_with
from engine.experiments.runs.task_facts import task_facts, task_title
from engine.plotting.theme import architecture_label

FIFTHS = 5
SHORT, LONG = "10 words at most", "14 words or more"
STATELESS = ("transformer", "average", "lstm_bidirectional")  # those that are not one recurrence from left to right


def tests(frame: pd.DataFrame) -> pd.DataFrame:
    """Return what claims ask of a comparison: its runs with `error`, `solved` (100 or 0), `updates` and `seconds` until
    then and the test as `where`, and its timings. Made once for a table, as all runs of all claims stand in it."""
    there = frame.loc[frame["kind"] == "summary", "equal"].unique()
    runs_at = [_as_tests(summaries(frame, str(equal))) for equal in there]
    return pd.concat([*runs_at, rows_with(frame, kind="timing")], ignore_index=True)


def runs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the runs at equal parameters."""
    return rows_with(frame, kind="summary", equal="parameters")


def memory_runs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the runs on tasks that ask to keep something over a stretch that says nothing about it."""
    return _of_families(runs(frame), "memory")


def made_up_runs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the runs on tasks made by a rule, without real text and images."""
    return _of_families(runs(frame), "memory", "structure")


def longest_runs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the runs at the longest length of each task."""
    rows = runs(frame)
    return rows[rows["length"] == rows.groupby("task")["length"].transform("max")]


def solved_runs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the runs of each architecture on the tests that it solves with every seed."""
    rows = runs(frame)
    return rows[rows.groupby(["where", "architecture"])["solved"].transform("min") == 100]


def rnn_beyond_20(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the plain RNN's runs over more than 20 steps, on tests that some recurrent network solves with every
    seed."""
    return _solvable(frame, "rnn", above=20)


def lstm_from_100(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the LSTM's runs over 100 steps and more, on tests that some recurrent network solves with every seed."""
    return _solvable(frame, "lstm", above=99)


def longest_of_all(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the runs at the longest length of a table, with the architecture as `where`."""
    rows = runs(frame)
    rows = rows[rows["length"] == rows["length"].max()]
    return rows.assign(where=_labels(rows))


def gated_beyond_500(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the LSTM's runs at the longest length of a table, by how its gates start."""
    rows = longest_of_all(frame)
    return rows_with(rows, ["lstm", "lstm_chrono"])


def parity_runs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the runs on parity."""
    return rows_with(runs(frame), task="parity")


def transformer_parity(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the Transformer's runs on parity."""
    return rows_with(parity_runs(frame), ["transformer"])


def min_gru_parity(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the minGRU's runs on parity."""
    return rows_with(parity_runs(frame), ["min_gru"])


def copying_runs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the runs on copying."""
    return rows_with(runs(frame), task="copying")


def sentence_runs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the runs that judge sentences."""
    return rows_with(runs(frame), task="sentences")


def short_runs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the runs over at most 20 steps, with the milliseconds of an update."""
    return _paced(frame, 0, 20)


def long_runs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the runs over 80 steps and more, with the milliseconds of an update."""
    return _paced(frame, 80, 10_000)


def gru_saving(frame: pd.DataFrame) -> pd.DataFrame:
    """Return by how many per cent a GRU has fewer parameters than an LSTM of the same hidden size: its recurrent layer,
    and the whole network on each task."""
    rows = pd.concat([_layers(frame, "gru", "lstm"), _networks(frame, "gru", "lstm")], ignore_index=True)
    return rows.assign(value=100 * (1 - rows["value"]))


def lstm_multiple(frame: pd.DataFrame) -> pd.DataFrame:
    """Return how many times a plain RNN's parameters and seconds an LSTM of the same hidden size has."""
    return pd.concat([_layers(frame, "lstm", "rnn"), _paces(frame, "lstm", "rnn")], ignore_index=True)


def gru_multiple(frame: pd.DataFrame) -> pd.DataFrame:
    """Return how many times a plain RNN's parameters and seconds a GRU of the same hidden size has."""
    return pd.concat([_layers(frame, "gru", "rnn"), _paces(frame, "gru", "rnn")], ignore_index=True)


def recurrent_growth(frame: pd.DataFrame) -> pd.DataFrame:
    """Return how many times the memory of a recurrent network has grown from the first position of a stream that was
    measured to the last."""
    rows = _growth(frame)
    return rows[~rows["architecture"].isin(STATELESS)]


def transformer_growth(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the same of the Transformer."""
    return rows_with(_growth(frame), ["transformer"])


def averages_shuffled(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the per cent of decisions that shuffling the words changes in networks that average them."""
    rows = frame[frame["model"].str.endswith("-average")]
    return rows.assign(value=100 * rows["decisions_changed"], where=rows["title"])


def readers_shuffled(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the accuracy of networks that read in order, on the words as they stand and shuffled."""
    rows = frame[~frame["model"].str.endswith("-average")]
    rows = rows.assign(where=rows["title"] + ", " + rows["model"])
    parts = (
        rows.assign(order=order, value=100 * rows[column])
        for order, column in (("in order", "accuracy"), ("shuffled", "accuracy_shuffled"))
    )
    return pd.concat(list(parts), ignore_index=True)


def crf_taggers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the taggers with a CRF, in one direction or both."""
    rows = frame[frame["crf"]]
    return rows.assign(where=_corpora(rows), reads=rows["bidirectional"].map({True: "both", False: "one"}))


def two_way_taggers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the taggers that read in both directions, with a CRF or without."""
    rows = frame[frame["bidirectional"]]
    return rows.assign(where=_corpora(rows), ends=rows["crf"].map({True: "crf", False: "none"}))


def written(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the texts that networks wrote, with the per cent of their four-word groups that are repeated."""
    rows = frame[frame["architecture"].isin(["rnn", "lstm", "gru"])]
    return rows.assign(where=rows["model"], value=100 * rows["repetition"], at=rows["temperature"].map("{:.1f}".format))


def regimes(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the translators at the end of training, with how much higher the loss is on their own words."""
    rows = rows_with(frame, kind="final")
    return rows.assign(where="English to French", gap=rows["free_loss"] - rows["forced_loss"])


def clipped_runs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return whether a network has learnt (100 or 0) with its gradient clipped and without, by threshold."""
    parts = (
        frame.assign(
            run=run, learnt=100.0 * (frame[column] < LEARNT), where=frame["threshold"].map("Threshold {:g}".format)
        )
        for run, column in (("clipped", "loss"), ("free", "loss_without"))
    )
    return pd.concat(list(parts), ignore_index=True)


def without_attention(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the mean chrF of the network without attention by how long the sentences are, for each fifth of every test
    set."""
    rows = _by_fifths(frame, ["en-fr-no-attention"])
    return rows.assign(where=rows["title"])


def by_attention(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the mean chrF of the networks with attention and without, by test set and by how long sentences are."""
    rows = _by_fifths(frame, ["en-fr-attention", "en-fr-no-attention"])
    return rows.assign(where=rows["title"] + ", " + rows["words"])


def lost_by_length(frame: pd.DataFrame) -> pd.DataFrame:
    """Return how much lower chrF is on long sentences than on short ones, with attention and without."""
    rows = _by_fifths(frame, ["en-fr-attention", "en-fr-no-attention"])
    keys = ["title", "model", "fifth"]
    table = rows.pivot(index=keys, columns="words", values="chrf")
    return (table[SHORT] - table[LONG]).rename("lost").reset_index().rename(columns={"title": "where"})


def _as_tests(rows: pd.DataFrame) -> pd.DataFrame:
    solved = rows["is_solved"].fillna(False).astype(bool)
    updates = rows["solved_step"].astype(float)
    return rows.assign(
        where=rows["task"].map(task_title) + " at " + rows["length"].map("{:,}".format),
        solved=100.0 * solved,
        updates=updates,
        seconds=updates * rows["seconds_per_step"].astype(float),
    ).sort_values(["task", "length"], kind="stable")


def _of_families(rows: pd.DataFrame, *families: str) -> pd.DataFrame:
    return rows[rows["task"].map(lambda task: task_facts(task).family in families)]


def _solvable(frame: pd.DataFrame, architecture: str, above: int) -> pd.DataFrame:
    """Return an architecture's runs over more than so many steps, on tests of our making that some recurrent network
    solves with every seed: elsewhere a failure says nothing about memory."""
    rows = made_up_runs(frame)
    recurrent = rows[~rows["architecture"].isin(STATELESS)]
    worst = recurrent.groupby(["where", "architecture"])["solved"].min()
    can_be = worst[worst == 100].index.get_level_values("where")
    return rows[
        rows["where"].isin(can_be) & (rows["length"] > above) & (rows["architecture"] == architecture)
    ].sort_values("length", kind="stable")


def _paced(frame: pd.DataFrame, shortest: int, longest: int) -> pd.DataFrame:
    rows = runs(frame)
    rows = rows[rows["length"].between(shortest, longest)]
    return rows.assign(pace=1000 * rows["seconds_per_step"].astype(float))


def _layers(frame: pd.DataFrame, one: str, other: str) -> pd.DataFrame:
    """Return the ratio of the parameters of two architectures' recurrent layers at equal hidden size."""
    rows = rows_with(frame, kind="timing", equal="hidden_size")
    return _ratio("Parameters of the recurrent layer", rows, [], "layer_parameters", one, other)


def _networks(frame: pd.DataFrame, one: str, other: str) -> pd.DataFrame:
    """Return the ratio of the parameters of two whole networks at equal hidden size, one value per task."""
    rows = rows_with(frame, kind="summary", equal="hidden_size")
    return _ratio("Parameters of the whole network", rows, ["task"], "parameters", one, other)


def _paces(frame: pd.DataFrame, one: str, other: str) -> pd.DataFrame:
    """Return the ratio of two architectures' seconds per update at equal hidden size, one value per length."""
    rows = rows_with(frame, kind="timing", equal="hidden_size", mode="training")
    return _ratio("Time of an update", rows, ["length"], "seconds_per_step", one, other)


def _ratio(where: str, rows: pd.DataFrame, keys: list[str], value: str, one: str, other: str) -> pd.DataFrame:
    rows = rows.dropna(subset=[value])
    sides = [rows_with(rows, [name]).assign(all=0).groupby([*keys, "all"])[value].first() for name in (one, other)]
    ratios = (sides[0].astype(float) / sides[1].astype(float)).dropna()
    return pd.DataFrame({"where": where, "value": ratios.to_numpy()})


def _growth(frame: pd.DataFrame) -> pd.DataFrame:
    rows = rows_with(frame, kind="timing", mode="streaming").sort_values("position")
    ends = rows.groupby(["architecture", "equal"], sort=False)["memory_bytes"].agg(["first", "last"]).reset_index()
    return ends.assign(value=ends["last"] / ends["first"], where=_labels(ends))


def _labels(rows: pd.DataFrame) -> pd.Series:
    return rows["architecture"].map(architecture_label)


def _corpora(rows: pd.DataFrame) -> pd.Series:
    return rows["corpus"].map({"ner_gmb": "GMB", "ner_ewt": "English-EWT"}).fillna(rows["corpus"])


def _by_fifths(frame: pd.DataFrame, models: list[str]) -> pd.DataFrame:
    """Return the mean chrF of models on the short and the long sentences of each fifth of every test set."""
    rows = frame[frame["model"].isin(models)]
    words = (
        pd.Series("", index=rows.index).mask(rows["source_words"] <= 10, SHORT).mask(rows["source_words"] >= 14, LONG)
    )
    rows = rows.assign(fifth=rows["index"] % FIFTHS, words=words)
    rows = rows[rows["words"] != ""]
    return rows.groupby(["title", "words", "model", "fifth"], sort=False)["chrf"].mean().reset_index()
