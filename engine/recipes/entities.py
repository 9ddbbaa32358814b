"""Taggers of entities, in the news (GMB) and on the web (English-EWT).

- `gmb-bilstm-crf`, the best we ship, is an LSTM in both directions with a CRF.
- `gmb-bilstm` and `gmb-lstm-crf` were trained for a shorter time and differ in one thing each, no CRF or no backward
  direction, from `gmb-compared-bilstm-crf`, which is what the two are compared with.
- `ewt-bilstm-crf` goes on from `gmb-bilstm-crf`, which has read eleven times as many entities in the news.
- `ewt-alone-bilstm-crf`, `-bilstm` and `-lstm-crf` were trained on English-EWT alone and differ in one thing each: what
  a CRF and what the backward direction are worth. Trained with several seeds (`--set seed=N`) and added to the table of
  results with `evaluate --ablation`.
"""

from dataclasses import replace

from engine.models.tagger import TaggerConfig
from engine.recipes.base import register
from engine.recipes.tagging_recipe import TaggingRecipe
from engine.training import TrainingSettings

GMB = register(
    TaggingRecipe(
        name="gmb-bilstm-crf",
        title="Entities in news, LSTM in both directions with a CRF",
        label="Both directions, CRF",
        corpus="ner_gmb",
        model=TaggerConfig(dropout=0.4),
        training=TrainingSettings(
            max_steps=6000,
            max_grad_norm=5.0,
            evaluate_every=500,
            average_decay=0.998,
            precision="auto",
            seed=1,
            checkpoint_every=500,
        ),
    )
)

COMPARED = register(
    replace(
        GMB,
        name="gmb-compared-bilstm-crf",
        title="Entities in news, LSTM in both directions with a CRF, shorter training",
        label="Both directions, CRF, shorter training",
        model=replace(GMB.model, locked_dropout=True),
        word_dropout=0.1,
        rare_dropout=0.5,
        batch_words=1600,
        training=replace(
            GMB.training,
            max_steps=2300,
            learning_rate=4e-3,
            evaluate_every=460,
            average_decay=0.996,
            checkpoint_every=460,
        ),
    )
)
register(
    replace(
        COMPARED,
        name="gmb-bilstm",
        title="Entities in news, LSTM in both directions, each word by itself",
        label="Both directions, no CRF",
        model=replace(COMPARED.model, crf=False),
    )
)
register(
    replace(
        COMPARED,
        name="gmb-lstm-crf",
        title="Entities in news, LSTM that only reads forwards, with a CRF",
        label="Forwards only, CRF",
        model=replace(COMPARED.model, bidirectional=False),
    )
)

EWT = register(
    replace(
        COMPARED,
        name="ewt-bilstm-crf",
        title="Entities on the web, LSTM in both directions with a CRF",
        label="Web text",
        group="web",
        corpus="ner_ewt",
        start_from=GMB.name,
        vocab_size=13_000,
        model=replace(COMPARED.model, dropout=0.5),
        batch_words=800,
        training=replace(
            COMPARED.training, max_steps=1300, learning_rate=2e-3, evaluate_every=130, checkpoint_every=650
        ),
    )
)
for key, words, is_bidirectional, has_crf in (
    ("bilstm-crf", "both directions with a CRF", True, True),
    ("bilstm", "both directions, each word by itself", True, False),
    ("lstm-crf", "forwards only, with a CRF", False, True),
):
    register(
        replace(
            EWT,
            name=f"ewt-alone-{key}",
            title=f"Entities on the web, {words}, trained on them alone",
            label=f"Web text alone, {words}",
            group="ablation",
            start_from="",
            vocab_size=6000,
            model=replace(EWT.model, bidirectional=is_bidirectional, crf=has_crf),
            training=replace(EWT.training, max_steps=900, learning_rate=3e-3, evaluate_every=180, checkpoint_every=180),
        )
    )
