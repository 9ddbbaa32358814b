"""The tagger and its CRF: equal to enumeration, blind to padding, learning, its halves adding up."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from engine.decoding.viterbi import viterbi
from engine.models.crf import ILLEGAL_AT_FIRST, ConditionalRandomField
from engine.models.tagger import Tagger
from engine.models.word_features import SHAPES, character_ids, read_words, shape_of
from engine.text.word_list import list_words

LABELS = ["O", "B-per", "I-per"]
ROWS = [["Mara", "sees", "Tom", "Berg", "in", "the", "fog"], ["Tom", "waves"], ["incomprehensibilities", "!", "42nd"]]


@pytest.fixture(scope="module")
def tokenizer():
    return list_words(ROWS[:2], 20)


def build(tokenizer, seed=0, **options):
    torch.manual_seed(seed)
    model = Tagger(tokenizer.vocab_size, LABELS, 6, 4, 5, 3, 7, **options).double().eval()
    if model.crf is not None:
        with torch.no_grad():
            for part in (model.crf.transitions, model.crf.start, model.crf.end):
                part.normal_()
    return model


def test_the_crf_equals_enumeration_on_rows_of_different_length():
    torch.manual_seed(1)
    crf = ConditionalRandomField(LABELS).double()
    for part in crf.parameters():
        torch.nn.init.normal_(part)
    emissions, lengths = torch.randn(3, 4, 3, dtype=torch.float64), torch.tensor([4, 1, 3])
    tags = torch.tensor([[0, 2, 1, 1], [2, 9, 9, 9], [1, 0, 2, 9]])  # what stands on padding must not be looked up
    start, end, transitions = crf.start.tolist(), crf.end.tolist(), crf.transitions.tolist()
    likelihood, best = crf.log_likelihood(emissions, tags, lengths), crf.decode(emissions, lengths)
    for row, length in enumerate(lengths.tolist()):
        totals = {}
        for path in itertools.product(range(3), repeat=length):
            total = start[path[0]] + end[path[-1]] + sum(float(emissions[row, t, tag]) for t, tag in enumerate(path))
            totals[path] = total + sum(transitions[a][b] for a, b in itertools.pairwise(path))
        right = totals[tuple(tags[row, :length].tolist())]
        expected = right - np.log(sum(np.exp(value) for value in totals.values()))
        assert float(likelihood[row].detach()) == pytest.approx(expected, abs=1e-10)
        assert tuple(best[row]) == max(totals, key=totals.get)
        scores = [part.detach().numpy() for part in (crf.transitions, crf.start, crf.end)]
        assert viterbi(emissions[row, :length].numpy(), *scores).tags == tuple(best[row])
    likelihood.sum().backward()  # its gradient by differences, for one transition
    with torch.no_grad():
        slope, likelihood = crf.transitions.grad[1, 2], likelihood.detach()
        crf.transitions[1, 2] += 1e-6
        assert float((crf.log_likelihood(emissions, tags, lengths) - likelihood).sum() / 1e-6) == pytest.approx(
            float(slope), abs=1e-4
        )


def test_transitions_that_bio_forbids_start_out_unlikely():
    crf = ConditionalRandomField(["O", "B-per", "I-per", "B-geo", "I-geo"])
    assert crf.transitions[0].tolist() == [0, 0, ILLEGAL_AT_FIRST, 0, ILLEGAL_AT_FIRST]
    assert crf.transitions[1].tolist() == [0, 0, 0, 0, ILLEGAL_AT_FIRST]
    assert crf.start.tolist() == [0, 0, ILLEGAL_AT_FIRST, 0, ILLEGAL_AT_FIRST]


@pytest.mark.parametrize("options", [{}, {"crf": False}, {"bidirectional": False}])
def test_padding_and_neighbours_change_nothing_and_the_halves_add_up(tokenizer, options):
    model = build(tokenizer, **options)
    together = read_words(tokenizer, ROWS)
    with torch.no_grad():
        emissions, decoded = model(together), model.decode(together)
        forward, backward, bias = model.halves(together)
        total = forward + bias if backward is None else forward + backward + bias
        torch.testing.assert_close(total, emissions, atol=1e-12, rtol=0)
        losses = []
        for row, words in enumerate(ROWS):
            alone = read_words(tokenizer, [words])
            torch.testing.assert_close(emissions[row, : len(words)], model(alone)[0], atol=1e-9, rtol=0)
            assert decoded[row] == model.decode(alone)[0]
            tags = torch.ones(1, len(words), dtype=torch.long)
            losses.append(float(model.loss(alone, tags)) * len(words))
        tags = torch.ones(together.word_ids.shape, dtype=torch.long)
        assert float(model.loss(together, tags)) == pytest.approx(sum(losses) / sum(map(len, ROWS)), abs=1e-6)


def test_each_half_has_read_its_own_side_only(tokenizer):
    model = build(tokenizer)
    other = [ROWS[0][:3] + ["Nobody"] + ROWS[0][4:]]
    with torch.no_grad():
        before, after = model.halves(read_words(tokenizer, ROWS[:1])), model.halves(read_words(tokenizer, other))
    for half, unread in ((0, slice(0, 3)), (1, slice(4, 7))):
        moved = (before[half] - after[half]).abs().amax(dim=2)[0]
        assert float(moved[unread].max()) == 0
        assert float(moved[3]) > 1e-4


def test_without_a_crf_the_loss_is_the_cross_entropy_of_each_word(tokenizer):
    model, features = build(tokenizer, crf=False), read_words(tokenizer, ROWS[1:2])
    log_probs = model(features)[0].detach().log_softmax(dim=1)
    assert float(model.loss(features, torch.tensor([[2, 0]])).detach()) == pytest.approx(
        float(-(log_probs[0, 2] + log_probs[1, 0]) / 2)
    )


@pytest.mark.parametrize("options", [{}, {"crf": False}, {"bidirectional": False}])
def test_it_learns_a_batch_by_heart(tokenizer, options):
    model = build(tokenizer, **options).float().train()
    features, tags = read_words(tokenizer, ROWS[:2]), torch.tensor([[1, 0, 1, 2, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0]])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(40):
        optimizer.zero_grad()
        loss = model.loss(features, tags)
        loss.backward()
        optimizer.step()
    assert float(loss.detach()) < 0.1
    assert model.eval().decode(features) == [[1, 0, 1, 2, 0, 0, 0], [1, 0]]


def test_shapes_and_letters_of_words():
    shapes = {
        "dog": "lower",
        "Dog": "capital",
        "U.S.": "capitals",
        "A": "single capital",
        "McCoy": "mixed",
        "1,000": "number",
        "5th": "with digits",
    }
    shapes |= {"...": "punctuation", "don't": "lower", "東京": "other", "al-Qaida": "mixed"}
    assert {word: shape_of(word) for word in shapes} == shapes
    assert set(shapes.values()) == set(SHAPES)
    assert len({character_ids(word) for word in ("dog", "dug", "Dog")}) == 3
    assert character_ids("Zoë") == character_ids("Zoe")  # accents are left out
    assert character_ids("it\N{RIGHT SINGLE QUOTATION MARK}s") == character_ids("it's")
    assert len(character_ids("x" * 500)) == len(character_ids("x")) == 22


def test_known_words_are_found_in_any_case_and_special_tokens_are_no_words(tokenizer):
    ids = read_words(tokenizer, [["TOM", "tom", "<pad>", "<unk>", "Nobody"]]).word_ids[0].tolist()
    assert ids[0] == ids[1] != tokenizer.unk_id
    assert ids[2:] == [tokenizer.unk_id] * 3
    years = list_words([["1999"]], 10)
    assert read_words(years, [["2024", "12"]]).word_ids[0].tolist() == [4, years.unk_id]
    assert list_words([["a", "a", "b"]], 10, least_count=2, known=["z"]).vocab_size == 6


def test_the_stored_word_list_reads_as_before(tokenizer, tmp_path):
    from engine.text import load_tokenizer

    tokenizer.save(tmp_path / "tokenizer.json")
    again = load_tokenizer(tmp_path / "tokenizer.json")
    assert type(again) is type(tokenizer)
    words = ["TOM", "Nobody", "fog", "<pad>"]
    assert read_words(again, [words]).word_ids.tolist() == read_words(tokenizer, [words]).word_ids.tolist()
    assert again.unknown_pieces("Tom 12 Nobody fog") == ["12", "Nobody"]
