"""Four small translators that differ in one thing: what their decoder read while they learnt.

Always the reference (teacher forcing), the reference or its own word by the toss of a coin, always its own word, or the
reference less and less often (scheduled sampling; Bengio et al., 2015, arXiv 1506.03099).
"""

import dataclasses

from engine.models.translator import TranslatorConfig
from engine.recipes.base import register
from engine.recipes.translation_recipe import TranslationRecipe
from engine.training import TrainingSettings

BASE = TranslationRecipe(
    name="",
    title="",
    group="forcing",
    corpus="multi30k_en_fr",
    model=TranslatorConfig(embedding_dim=192, hidden_size=256, encoder_layers=1, decoder_layers=1),
    vocab_size=4000,
    batch_tokens=4096,
    measures_free=True,
    training=TrainingSettings(
        max_steps=700,
        learning_rate=4e-3,
        weight_decay=0.01,
        max_grad_norm=1.0,
        evaluate_every=70,
        precision="bfloat16",
        seed=1,
        checkpoint_every=70,
    ),
)
REGIMES = {
    "forced": ("Always forced", 1.0, "constant"),
    "half-forced": ("Half forced", 0.5, "constant"),
    "never-forced": ("Never forced", 0.0, "constant"),
    "scheduled": ("Scheduled", 0.0, "linear"),
}

for key, (label, ratio, schedule) in REGIMES.items():
    register(
        dataclasses.replace(
            BASE,
            name=f"en-fr-{key}",
            title=f"English to French, taught {label.lower()}",
            label=label,
            teacher_forcing_ratio=ratio,
            teacher_forcing_schedule=schedule,
        )
    )
