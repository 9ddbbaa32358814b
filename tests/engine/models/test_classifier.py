"""The classifier: padding changes nothing, the directions add up, nothing is seen too early, and one that averages is
blind to order."""

from __future__ import annotations

import itertools

import pytest
import torch

from engine.errors import ConfigError
from engine.models.classifier import Classifier

SHAPES = {
    "bilstm": {"cell": "lstm", "hidden_size": 5, "num_layers": 2, "bidirectional": True},
    "gru": {"cell": "gru", "hidden_size": 5, "num_layers": 1, "bidirectional": False},
    "average": {"cell": "average", "hidden_size": 0, "num_layers": 0, "bidirectional": False},
}
LENGTHS = torch.tensor([7, 1, 4])


def build(shape, **options):
    torch.manual_seed(2)
    model = Classifier(12, 4, **SHAPES[shape], **options).double().eval()
    with torch.no_grad():
        model.output.bias.copy_(torch.tensor([0.3, -0.2]))
    return model


def texts(seed=0):
    ids = torch.randint(1, 12, (3, 7), generator=torch.Generator().manual_seed(seed))
    return ids * (torch.arange(7) < LENGTHS[:, None])


@pytest.mark.parametrize("shape", SHAPES)
def test_padding_changes_nothing(shape):
    model, ids = build(shape, dropout=0.5), texts()
    together = model(ids, LENGTHS)
    wider = torch.cat([ids, torch.full((3, 5), 9)], dim=1)  # real words where nothing may be read
    assert torch.allclose(model(wider, LENGTHS), together, atol=1e-12, rtol=0)
    for row, length in enumerate(LENGTHS):
        alone = model(ids[row : row + 1, :length], LENGTHS[row : row + 1])
        assert torch.allclose(alone[0], together[row], atol=1e-12, rtol=0)


def test_the_directions_and_the_bias_add_up_to_both():
    model = build("bilstm")
    found = model.direction_logits(texts(), LENGTHS)
    assert set(found) == {"both", "forward", "backward"}
    assert torch.allclose(
        found["forward"] + found["backward"] + model.output.bias, model(texts(), LENGTHS), atol=1e-12, rtol=0
    )
    alone = [model.direction_alone(found[name]) for name in ("forward", "backward")]
    assert torch.allclose((alone[0] + alone[1]) / 2, found["both"], atol=1e-12, rtol=0)
    single = build("gru").direction_logits(texts(), LENGTHS)
    assert set(single) == {"both", "forward"}
    assert torch.allclose(build("gru").direction_alone(single["forward"]), single["both"], atol=1e-12, rtol=0)
    assert set(build("average").direction_logits(texts(), LENGTHS)) == {"both"}


def test_two_stacks_of_torch_read_from_either_end():
    """The same weights in torch's own layers, each text read by itself, gives the same features."""
    model, ids = build("bilstm"), texts()
    forward, backward = (
        torch.nn.LSTM(4, 5, 2, batch_first=True).double(),
        torch.nn.LSTM(4, 5, 2, batch_first=True).double(),
    )
    for stack, layers in ((forward, model.forward_layers), (backward, model.backward_layers)):
        for number, layer in enumerate(layers):
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                getattr(stack, f"{name}_l{number}").data.copy_(getattr(layer, f"{name}_l0"))
    for row, length in enumerate(LENGTHS.tolist()):
        words = model.embedding.weight[ids[row, :length]][None]
        features = torch.cat([forward(words)[0].amax(1), backward(words.flip(1))[0].amax(1)], dim=1)
        found = model.features(model.embed(ids), LENGTHS)[row]
        assert torch.allclose(features[0], found, atol=1e-12, rtol=0)


def test_neither_direction_knows_what_it_has_not_read():
    model, length = build("bilstm"), torch.tensor([7])
    one, other = texts()[:1], texts()[:1].clone()
    other[0, 3] = one[0, 3] % 11 + 1
    first, second = (model.outputs(model.embed(ids), length)[0] for ids in (one, other))
    assert torch.equal(first[:3, :5], second[:3, :5])
    assert torch.equal(first[4:, 5:], second[4:, 5:])
    assert not torch.allclose(first[3:, :5], second[3:, :5])


def test_only_averaged_embeddings_are_blind_to_order():
    ids, lengths = texts()[:1, :4], torch.tensor([4])
    for shape in SHAPES:
        model = build(shape)
        answers = torch.cat([model(ids[:, list(order)], lengths) for order in itertools.permutations(range(4))])
        assert torch.allclose(answers, answers[:1].expand_as(answers), atol=1e-12, rtol=0) == (shape == "average"), (
            shape
        )


def test_gradients_reach_the_embeddings_of_real_words_only():
    model = build("bilstm")
    embedded = model.embed(texts()).detach().requires_grad_()
    model.forward_from_embeddings(embedded, LENGTHS)[:, 1].sum().backward()
    reached = embedded.grad.abs().sum(2) > 0
    assert torch.equal(reached, torch.arange(7) < LENGTHS[:, None])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_layers": 0}, "num_layers must lie between 1 and 4, not 0"),
        ({"cell": "average"}, "averages embeddings has no layers"),
        ({"cell": "qrnn"}, "Unknown cell 'qrnn'"),
    ],
)
def test_impossible_shapes_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        Classifier(12, 4, **options)
