"""Translators of English and French: Multi30k's captions read whole in every pass, Tatoeba's sentences beside them.

- `en-fr-attention` and `en-fr-no-attention` differ in nothing else.
- `en-fr-base` is as wide as fits 16 MiB in half precision: what the best one starts from, and the twin of `fr-en-best`,
  which has the languages changed over, and nothing else.
- `en-fr-best` goes on from it at a lower rate, with the whole of Tatoeba beside the captions in every pass. The weights
  kept lie half way between before and after. On validation sentences (beam 5) BLEU on captions and on Tatoeba was 53.70
  and 44.19 before, 53.36 and 46.00 after, 53.82 and 45.33 half way, which is the most of the second course that costs
  the captions nothing.
- `en-fr-forced`, `-half-forced`, `-never-forced` and `-scheduled` are small ones that differ in what their decoder read
  while they learnt: always the reference (teacher forcing), the reference or its own word by the toss of a coin, always
  its own word, or the reference less and less often (scheduled sampling; Bengio et al., 2015, arXiv 1506.03099).
"""

from dataclasses import replace

from engine.models.translator import TranslatorConfig
from engine.recipes.base import register
from engine.recipes.translation_recipe import TranslationRecipe
from engine.training import TrainingSettings

ATTENTION = register(
    TranslationRecipe(
        name="en-fr-attention",
        title="English to French, LSTM with attention",
        corpus="multi30k_en_fr",
        model=TranslatorConfig(attention="dot"),
        extra_corpus="tatoeba_en_fr",
        extra_pairs_per_epoch=40_000,
        training=TrainingSettings(
            max_steps=6300, learning_rate=2e-3, evaluate_every=450, precision="auto", seed=1, checkpoint_every=450
        ),
    )
)
register(
    replace(
        ATTENTION,
        name="en-fr-no-attention",
        title="English to French, LSTM without attention",
        model=TranslatorConfig(attention="none"),
    )
)

BASE = register(
    replace(
        ATTENTION,
        name="en-fr-base",
        title="English to French, best LSTM",
        label="Best",
        group="best",
        model=TranslatorConfig(hidden_size=448, attention="dot", dropout=0.3, locked_dropout=True, word_dropout=0.1),
        extra_pairs_per_epoch=60_000,
        vocab_size=7000,
        batch_tokens=4096,
        training=replace(
            ATTENTION.training,
            max_steps=5400,
            learning_rate=3e-3,
            evaluate_every=300,
            average_decay=0.998,
            checkpoint_every=300,
        ),
    )
)
register(
    replace(
        BASE,
        name="en-fr-best",
        start_from=BASE.name,
        start_share=0.5,
        extra_pairs_per_epoch=157_000,
        training=replace(BASE.training, max_steps=1600, learning_rate=1e-3, evaluate_every=200, checkpoint_every=200),
    )
)
register(
    replace(BASE, name="fr-en-best", title="French to English, best LSTM", source_language="fr", target_language="en")
)

for key, label, ratio, schedule in (
    ("forced", "Always forced", 1.0, "constant"),
    ("half-forced", "Half forced", 0.5, "constant"),
    ("never-forced", "Never forced", 0.0, "constant"),
    ("scheduled", "Scheduled", 0.0, "linear"),
):
    register(
        TranslationRecipe(
            name=f"en-fr-{key}",
            title=f"English to French, taught {label.lower()}",
            label=label,
            group="forcing",
            corpus="multi30k_en_fr",
            model=TranslatorConfig(embedding_dim=192, hidden_size=256, encoder_layers=1, decoder_layers=1),
            vocab_size=4000,
            batch_tokens=4096,
            teacher_forcing_ratio=ratio,
            teacher_forcing_schedule=schedule,
            measures_free=True,
            training=replace(
                ATTENTION.training, max_steps=700, learning_rate=4e-3, evaluate_every=70, checkpoint_every=70
            ),
        )
    )
