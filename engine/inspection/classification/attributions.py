"""Which words a classifier's decision rests on: two methods of captum, checked by really leaving each word out.

Everything is counted in nats of log-odds of the second label ("positive"): above 0 a word speaks for it, below 0
against it.

- Integrated gradients walk from an empty text (all embeddings 0) to the real one and add up the gradients on the way.
- Shapley values put the words back one by one in orders drawn by chance; a word gets the mean of what its return
    changed.
- Deletion, the check: the text is read once without each word. What is missing then is what the word was worth.

Shapes: B batch, T words, E embedding.

Papers: Sundararajan, Taly and Yan (2017), Axiomatic attribution for deep networks; Castro, Gomez and Tejada (2009),
Polynomial calculation of the Shapley value based on sampling; Li, Monroe and Jurafsky (2016), Understanding neural
networks through representation erasure (deletion). The methods themselves are captum's (Kokhlikyan et al., 2020).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from engine.errors import InputError
from engine.inspection.classification.predictions import probabilities_of_words
from engine.inspection.stored.tables import RESULTS, read_stored_table, with_these_weights
from engine.models.folder import LoadedModel

TABLE = RESULTS / "attribution_agreement.parquet"
COMMAND = (
    "python -m engine evaluate --model {model} --dry-run --attributions data/results/attribution_agreement.parquet"
)
COLUMNS = tuple("model weights title row words method correlation share_beaten date hardware commit".split())
METHODS = {"integrated": "Integrated gradients", "shapley": "Shapley values"}
MAX_WORDS = 80
MIN_WORDS = 5  # of 4 words there are 24 orders, too few to tell skill from luck
STEPS = 16  # of the way from the empty text, at Gauss and Legendre's places
ORDERINGS = (6, 24)  # fewest and most for Shapley values
READINGS = 320  # about as many as a text gets for Shapley values
SHUFFLES = 200
LEVEL = 0.95  # share of the shuffles that has to be beaten
CERTAIN = 1e-7  # probabilities nearer to 0 or 1 are single precision's rounding
NOTHING = ["<unk>"]  # stands for the text without any word, which no network reads


@dataclass(frozen=True)
class Agreement:
    """How an attribution ranks the words beside what deletion says.

    Attributes:
        correlation: Spearman's rank correlation, -1 to 1; nan where one of the two ranks nothing.
        chance: (SHUFFLES,) the same for the attribution's values given to the words in orders drawn by chance.
    """

    correlation: float
    chance: np.ndarray

    @property
    def level(self) -> float:
        """The correlation that only 5 % of the shuffles reach."""
        return float(np.quantile(self.chance, LEVEL)) if len(self.chance) else float("nan")

    @property
    def share_beaten(self) -> float:
        """Share of the shuffles with a lower correlation."""
        return float((self.chance < self.correlation - 1e-12).mean()) if len(self.chance) else float("nan")

    @property
    def is_better_than_chance(self) -> bool:
        """Whether at least 95 % of the shuffles agree less."""
        return self.share_beaten >= LEVEL


@dataclass(frozen=True)
class Explanation:
    """What each word of a text is worth to a classifier, in nats of log-odds of the second label.

    Attributes:
        probability: of the second label ("positive") for the whole text.
        values: (T,) per method of METHODS.
        deleted: (T,) log-odds of the whole text less those without the word.
        probability_without: (T,) of the second label when the word is left out.
        agreement: per method.
        gap: how far the integrated gradients' sum is from the log-odds they should add up to, in nats.
        orderings: in how many orders the words were put back for the Shapley values.
    """

    words: tuple[str, ...]
    probability: float
    values: dict[str, np.ndarray]
    deleted: np.ndarray
    probability_without: np.ndarray
    agreement: dict[str, Agreement]
    gap: float
    orderings: int
    elapsed_seconds: float

    def frame(self) -> pd.DataFrame:
        """Return one row per word."""
        columns = {"word": self.words} | self.values | {"deleted": self.deleted}
        return pd.DataFrame(columns | {"probability_without": self.probability_without})


def check_words(words: Sequence[str]) -> None:
    """Check that a text can be explained word by word.

    Raises:
        InputError: it has one word or too many.
    """
    if len(words) < 2:
        raise InputError("There is only one word, and the decision rests on it; type a longer text.")
    if len(words) > MAX_WORDS:
        raise InputError(
            f"At most {MAX_WORDS} words are taken apart, as the text is read again for each; yours has {len(words):,}."
        )


def explain(loaded: LoadedModel, words: tuple[str, ...], seed: int = 1) -> Explanation:
    """Return what each word is worth by both methods and by deletion; `seed` draws the orders of Shapley values and
    shuffles.

    Raises:
        InputError: as `check_words`.
    """
    check_words(words)
    begun = time.perf_counter()
    integrated, gap = integrated_gradients(loaded, words)
    shapley, orderings = shapley_values(loaded, words, seed)
    whole, *without = probabilities_of_words(loaded, [list(words), *leave_each_out(words)])[:, 1].astype(float)
    deleted = log_odds(np.array(whole)) - log_odds(np.array(without))
    values = {"integrated": integrated, "shapley": shapley}
    agreement = {name: agree(found, deleted, seed) for name, found in values.items()}
    return Explanation(
        words, float(whole), values, deleted, np.array(without), agreement, gap, orderings, time.perf_counter() - begun
    )


def leave_each_out(words: Sequence[str]) -> list[list[str]]:
    """Return the text without its first word, without its second, and so on."""
    return [[*words[:position], *words[position + 1 :]] for position in range(len(words))]


def log_odds(probability: np.ndarray) -> np.ndarray:
    """Return log(p / (1 - p)) in nats; certainty counts as the nearest that single precision tells from it."""
    kept = np.clip(probability, CERTAIN, 1 - CERTAIN)
    return np.log(kept) - np.log1p(-kept)


def integrated_gradients(loaded: LoadedModel, words: Sequence[str], steps: int = STEPS) -> tuple[np.ndarray, float]:
    """Return each word's integrated gradient (T,) from an empty text, and by how much their sum misses the log-odds
    gained, in nats.

    Only the embeddings get gradients: nothing is hooked onto the model or left behind on it, as other visitors use it
        too.
    """
    from captum.attr import IntegratedGradients

    ids, lengths = torch.tensor([loaded.tokenizer.encode_words(words)]), torch.tensor([len(words)])
    with torch.no_grad():
        embedded = loaded.model.embed(ids)  # (1, T, E)

    def forward(inputs: Tensor, sizes: Tensor) -> Tensor:
        return second_log_odds(loaded.model.forward_from_embeddings(inputs, sizes))

    found, gap = IntegratedGradients(forward).attribute(
        embedded,
        torch.zeros_like(embedded),
        additional_forward_args=(lengths,),
        n_steps=steps,
        return_convergence_delta=True,
    )
    return found.sum(dim=2)[0].detach().double().numpy(), float(gap.abs())


def second_log_odds(logits: Tensor) -> Tensor:
    """Return the log-odds of the second label against all others, in nats: (B, L) -> (B,)."""
    others = torch.cat([logits[:, :1], logits[:, 2:]], dim=1)
    return logits[:, 1] - others.logsumexp(dim=1)


def shapley_values(loaded: LoadedModel, words: Sequence[str], seed: int = 1) -> tuple[np.ndarray, int]:
    """Return each word's sampled Shapley value (T,) in nats, a missing word really left out, and the number of orders
    drawn."""
    from captum.attr import ShapleyValueSampling

    count = int(np.clip(READINGS // len(words), *ORDERINGS)) // 2 * 2

    orders = list(_orders(len(words), count, seed))
    # captum reads order by order; read all at once, texts of like length side by side, the same numbers take half the
    # time.
    subsets = {frozenset(order[:size]) for order in orders for size in range(len(words) + 1)}
    rows = [[word for position, word in enumerate(words) if position in subset] or NOTHING for subset in subsets]
    worth = dict(
        zip(subsets, log_odds(np.asarray(probabilities_of_words(loaded, rows), dtype=float)[:, 1]), strict=True)
    )

    def read(kept: Tensor) -> Tensor:
        return torch.tensor([worth[frozenset(row.nonzero()[:, 0].tolist())] for row in kept], dtype=torch.double)

    method = ShapleyValueSampling(read)
    # captum draws from torch's global generator, which all visitors share; this object gets orders of its own instead.
    method.permutation_generator = lambda size, samples: orders
    everything = torch.ones(1, len(words), dtype=torch.double)
    found = method.attribute(everything, baselines=0.0, n_samples=count, perturbations_per_eval=len(words))
    return found[0].numpy(), count


def _orders(size: int, count: int, seed: int) -> Iterator[list[int]]:
    """Yield orders of `size` things, each followed by its reverse: what comes early in one comes late in the other."""
    generator = np.random.default_rng(seed)
    for _ in range(count // 2):
        order = generator.permutation(size).tolist()
        yield order
        yield order[::-1]


def agree(values: np.ndarray, deleted: np.ndarray, seed: int = 1, shuffles: int = SHUFFLES) -> Agreement:
    """Return how an attribution agrees with deletion, beside what its values agree by chance when shuffled among the
    words."""
    one, other = (pd.Series(np.round(row, 9)).rank().to_numpy() for row in (values, deleted))
    one, other = one - one.mean(), other - other.mean()
    length = float(np.sqrt((one**2).sum() * (other**2).sum()))
    if len(values) < MIN_WORDS or length == 0:
        return Agreement(float(one @ other / length) if length else float("nan"), np.empty(0))
    generator = np.random.default_rng(seed)
    shuffled = generator.permuted(np.tile(one, (shuffles, 1)), axis=1)  # (S, T)
    return Agreement(float(one @ other / length), shuffled @ other / length)


def agreement_sentence(found: Explanation, method: str) -> str:
    """Return in plain words whether a method ranks the words as deletion does, and whether that could be luck."""
    agreement, name = found.agreement[method], METHODS[method]
    if np.isnan(agreement.correlation):
        return f"{name}: leaving words out changes nothing here, so there is nothing to agree with."
    said = f"{name}: rank correlation with deletion {agreement.correlation:+.2f}"
    if not len(agreement.chance):
        return f"{said}; with fewer than {MIN_WORDS} words that could as well be luck."
    verdict = (
        "it agrees better than chance"
        if agreement.is_better_than_chance
        else "on this text it agrees no better than chance"
    )
    return f"{said}; 19 of 20 shuffled attributions stay below {agreement.level:+.2f}, so {verdict}."


def stored_agreement(name: str, folder: str, table: str = "") -> pd.DataFrame:
    """Return the agreement of every test sentence, measured with exactly the weights in `folder`; none where it has
    others.

    Raises:
        DataError: the table is not there, is damaged, or lacks columns.
    """
    absent = f"The agreement with deletion has not been measured here; run: {COMMAND.format(model=name)}."
    return with_these_weights(read_stored_table(Path(table or TABLE), COLUMNS, absent), name, folder)


def summarise_agreement(frame: pd.DataFrame) -> pd.DataFrame:
    """Return one row per method: sentences, median correlation, and the share of sentences that beat 95 % of the
    shuffles."""
    known = frame.dropna(subset=["share_beaten"])
    rows = [
        {
            "method": METHODS[method],
            "sentences": len(part),
            "median_correlation": float(part["correlation"].median()),
            "better_than_chance": float((part["share_beaten"] >= LEVEL).mean()),
        }
        for method in METHODS
        if len(part := known[known["method"] == method])
    ]
    return pd.DataFrame(rows, columns=["method", "sentences", "median_correlation", "better_than_chance"])
