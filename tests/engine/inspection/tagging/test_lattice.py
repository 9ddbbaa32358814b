"""The lattice of tags: its ways, its arithmetic and its flips against every way written out; halves and errors against
hand counts."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
import torch

from engine.errors import InputError
from engine.inspection.tagging import errors as tag_errors
from engine.inspection.tagging.directions import (
    Directions,
    Voice,
    disagreement_sentence,
    disagreements,
    read_directions,
    word_frame,
)
from engine.inspection.tagging.lattice import (
    BEGIN,
    END,
    best_tags,
    best_ways,
    column_frame,
    is_allowed,
    legality_sentence,
    spans_sentence,
    step_matrix,
    step_score,
    tags_without_steps,
    way_frame,
)
from engine.inspection.tagging.lattice_edits import (
    LARGEST_CHANGE,
    STEP,
    TransitionEdit,
    easiest_flips,
    edit_steps,
    find_flip,
    read_edits,
    with_edit,
    write_edits,
)
from engine.inspection.tagging.predictions import Lattice, tag_words
from engine.models.folder import LoadedModel
from engine.models.tagger import Tagger
from engine.text.word_list import list_words

LABELS = ("O", "B-per", "I-per", "B-geo", "I-geo")


def lattice(seed: int, words: int = 4) -> Lattice:
    draw = np.random.default_rng(seed)
    size = len(LABELS)
    arrays = (
        draw.normal(size=(words, size)) * 2,
        draw.normal(size=(size, size)),
        draw.normal(size=size),
        draw.normal(size=size),
    )
    return Lattice(tuple(f"w{position}" for position in range(words)), LABELS, *arrays)


def all_ways(found: Lattice) -> list[tuple[float, tuple[str, ...]]]:
    """Return every way with its score, best first, written out as the sum it is."""
    ways = []
    for tags in itertools.product(range(len(LABELS)), repeat=len(found.words)):
        score = found.start[tags[0]] + found.end[tags[-1]]
        for position, tag in enumerate(tags):
            score += found.emissions[position, tag] + (found.transitions[tags[position - 1], tag] if position else 0.0)
        ways.append((float(score), tuple(LABELS[tag] for tag in tags)))
    return sorted(ways, reverse=True)


@pytest.mark.parametrize("seed", range(4))
def test_ways_columns_and_sums_are_those_of_every_way_written_out(seed: int) -> None:
    found = lattice(seed)
    ways = all_ways(found)
    weights = np.exp([score for score, _ in ways])
    for best, (score, tags), weight in zip(best_ways(found, 3), ways, weights, strict=False):
        assert best.tags == tags
        assert best.score == pytest.approx(score)
        assert best.probability == pytest.approx(weight / weights.sum())
    for position in range(4):
        for row in column_frame(found, position).itertuples():
            through = [number for number, (_, tags) in enumerate(ways) if tags[position] == row.tag]
            assert row.through == pytest.approx(ways[through[0]][0])
            assert row.probability == pytest.approx(weights[through].sum() / weights.sum())
            assert row.sum == pytest.approx(row.sum_before + row.transition + row.emission)
            assert row.before == (ways[through[0]][1][position - 1] if position else BEGIN)
    assert way_frame(found, ways[7][1])["sum"].iloc[-1] == pytest.approx(ways[7][0])


@pytest.mark.parametrize("seed", range(3))
def test_a_flip_flips_and_a_hundredth_less_does_not(seed: int) -> None:
    found = lattice(seed, words=3)
    own = all_ways(found)[0][1]
    smallest: dict[tuple[str, str], float] = {}
    for before, after in itertools.product((BEGIN, *LABELS), (*LABELS, END)):
        if (before, after) == (BEGIN, END):
            continue
        flip = find_flip(found, before, after)
        if flip is None:
            for change in (LARGEST_CHANGE, -LARGEST_CHANGE):
                assert all_ways(edit_steps(found, [TransitionEdit(before, after, change)]))[0][1] == own
            continue
        smallest[before, after] = abs(flip.edit.change)
        assert all_ways(edit_steps(found, [flip.edit]))[0][1] == flip.flipped != own
        for sign in (1, -1):
            nearly = TransitionEdit(before, after, sign * (abs(flip.edit.change) - STEP))
            assert all_ways(edit_steps(found, [nearly]))[0][1] == own
    easiest = easiest_flips(found, 4)
    assert [abs(flip.edit.change) for flip in easiest] == pytest.approx(sorted(smallest.values())[:4])


def test_edits_are_read_written_replaced_and_refused() -> None:
    found = lattice(0)
    edits = read_edits("B-per>I-per:+1.5; beginning>O:-2;B-per>I-per:0.25; I-geo>end:3", LABELS)
    assert edits == [
        TransitionEdit(BEGIN, "O", -2.0),
        TransitionEdit("B-per", "I-per", 0.25),
        TransitionEdit("I-geo", END, 3.0),
    ]
    assert read_edits(write_edits(edits), LABELS) == edits
    assert with_edit(edits, TransitionEdit(BEGIN, "O", 0.0)) == edits[1:]
    edited = edit_steps(found, edits)
    assert step_score(edited, "B-per", "I-per") == pytest.approx(found.transitions[1, 2] + 0.25)
    assert np.nansum(step_matrix(edited) - step_matrix(found)) == pytest.approx(1.25)
    for text, sentence in (
        ("nonsense", "cannot be read"),
        ("B-per>I-per:nan", "cannot be read"),
        ("B-per>B-cat:1", "no tag “B-cat”"),
        ("O>O:21", "at most 20"),
        ("beginning>end:1", "no step from the beginning to the end"),
    ):
        with pytest.raises(InputError, match=sentence):
            read_edits(text, LABELS)


def test_rules_and_words() -> None:
    found = lattice(1)
    assert [is_allowed(before, "I-per") for before in (BEGIN, *LABELS)] == [False, False, True, True, False, False]
    assert is_allowed("B-per", END)
    assert is_allowed(BEGIN, "B-geo")
    assert tags_without_steps(found) == tuple(LABELS[position] for position in found.emissions.argmax(axis=1))
    plain = Lattice(found.words, LABELS, found.emissions, np.zeros((5, 5)), np.zeros(5), np.zeros(5))
    assert "without a CRF" in legality_sentence(plain)
    assert best_tags(plain) == tags_without_steps(plain)
    legal = [
        step_score(found, a, b)
        for a, b in itertools.product((BEGIN, *LABELS), (*LABELS, END))
        if (a, b) != (BEGIN, END) and is_allowed(a, b)
    ]
    assert f"The {len(legal)} steps that BIO allows score {np.mean(legal):+.2f}".replace(
        "-", "\N{MINUS SIGN}"
    ) in legality_sentence(found)
    words = ("Anna", "Smith", "in", "Rome")
    sentence = spans_sentence(words, ("B-per", "I-per", "O", "B-geo"), ("B-geo", "I-geo", "B-per", "O"))
    assert (
        sentence
        == "“Anna Smith” turns from per into geo, “Rome” is no longer marked as geo, “in” is now marked as per."
    )


def test_halves_add_up_and_each_sees_its_own_side_only() -> None:
    torch.manual_seed(3)
    row = "Anna lives in Rome and Peter works at Google .".split()
    tokenizer = list_words([row], 40)
    model = Tagger(
        tokenizer.vocab_size,
        list(LABELS),
        embedding_dim=8,
        character_dim=4,
        character_filters=8,
        shape_dim=4,
        hidden_size=8,
    ).eval()
    for half in (model.forward_emission, model.backward_emission):
        torch.nn.init.normal_(half.weight, std=2.0)
    torch.nn.init.normal_(model.forward_emission.bias)
    loaded = LoadedModel(None, model, tokenizer)
    found, other = read_directions(loaded, tuple(row)), read_directions(loaded, (*row[:4], "but", *row[5:]))
    assert found.forward + found.backward + found.bias == pytest.approx(found.both)
    assert found.forward[:4] == pytest.approx(other.forward[:4], abs=1e-6)  # the changed word is the fifth
    assert found.backward[5:] == pytest.approx(other.backward[5:], abs=1e-6)
    assert abs(found.forward[4:] - other.forward[4:]).max() > 1e-3 < abs(found.backward[:5] - other.backward[:5]).max()
    frame = word_frame(found, 2)
    assert frame["both"].to_numpy() == pytest.approx(np.sort(found.both[2] - found.both[2].mean())[::-1])
    torch.nn.init.zeros_(model.backward_emission.weight)  # what is left is the forward half with the bias
    alone = tag_words(loaded, tuple(row))
    assert found.voices["forward"].tags == alone.tags
    numbers = [LABELS.index(tag) for tag in alone.tags]
    assert found.voices["forward"].probabilities == pytest.approx(alone.marginals[np.arange(len(row)), numbers])


def test_disagreements_name_the_half_that_is_followed() -> None:
    words = ("Chad", "Ford", "in", "May")
    tags = {
        "forward": ("B-geo", "B-per", "O", "O"),
        "backward": ("B-per", "B-geo", "O", "B-geo"),
        "both": ("B-per", "B-per", "O", "B-per"),
    }
    shares = {"forward": (0.6, 0.7, 1.0, 0.9), "backward": (0.8, 0.75, 1.0, 0.5), "both": (0.5, 0.6, 1.0, 0.4)}
    voices = {name: Voice(tags[name], shares[name]) for name in tags}
    found = Directions(words, LABELS, *(np.zeros((4, 5)), np.zeros((4, 5)), np.zeros(5), np.zeros((4, 5))), voices)
    assert disagreements(found)[["position", "followed"]].to_numpy().tolist() == [
        [1, "backward"],
        [2, "forward"],
        [4, "neither"],
    ]
    sentence = disagreement_sentence(found)
    assert "differ at 3 of 4 words. Most plainly at “Ford” (word 2)" in sentence
    assert "B-per (60 %), so the forward half is followed" in sentence
    assert sentence.endswith("follows the forward half once, the backward half once, neither once.")


def test_errors_are_counted_by_kind_type_and_place() -> None:
    gold = "B-per I-per O B-geo O B-org I-org I-org O B-tim".split()
    read = "B-per I-per O B-org O O B-org I-org O O".split()
    assert tag_errors.outcomes(gold, read) == [
        ("per", "found"),
        ("geo", "wrong type"),
        ("org", "boundary"),
        ("tim", "missed"),
    ]
    assert tag_errors.outcomes(["O", "O"], ["O", "B-per"]) == [("per", "invented")]
    labels = ["O", "B-per", "I-per", "B-geo", "B-org", "I-org", "B-tim"]

    def rows(model: str, tags: list[str]) -> dict:
        numbers = ([labels.index(tag) for tag in row] for row in (gold, tags))
        return dict(
            zip(
                ("model", "corpus", "split", "row", "labels", "gold", "predicted"),
                (model, "c", "test", 0, " ".join(labels), *numbers),
                strict=True,
            )
        )

    broken = ["O", "I-per", "O", "B-geo", "O", "B-org", "I-org", "I-org", "O", "B-tim"]
    frame = pd.DataFrame([rows("both", gold), rows("one", broken), rows("odd", read)])
    kinds, positions, sentences = tag_errors.both_frames(frame, "both", "one")
    assert sentences == 1
    by_type = kinds.set_index("type")
    assert (by_type.loc["per", "found"], by_type.loc["per", "boundary_other"], int(by_type["found_other"].sum())) == (
        1,
        1,
        3,
    )
    shares = positions.set_index("position")
    assert shares.loc["first of several", "share_other"] == pytest.approx(0.5)
    assert shares.loc["last of several", "share_other"] == 1.0
    assert "50.0 points lost" in tag_errors.error_sentences(kinds, positions, sentences, ("both", "one"))[-1]
    illegal = tag_errors.illegal_shares(frame).set_index("model")
    assert illegal["with_illegal"].to_dict() == {"both": 0, "one": 1, "odd": 0}
    assert math.isclose(illegal.loc["one", "share"], 1.0)
