"""How far back a forecast really looks: what each value of the window changes, by replacing it and by the gradient.

Shapes: T window, H horizon.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from engine.corpora.series import known_columns
from engine.inspection.series.forecasts import member_of
from engine.models.folder import LoadedModel

SHARE = 0.9  # of all influence


@dataclass(frozen=True)
class LookBack:
    """What each value of the window does to the mean of all values ahead, by its lag: 1 is the last value.

    Attributes:
        lags: (T,) from 1 up.
        replaced: (T,) mean absolute change of the forecast, in the series' unit, where the value is replaced by the
            mean of the window.
        gradient: (T,) absolute derivative of the mean forecast by the value, in units per unit.
    """

    lags: np.ndarray
    replaced: np.ndarray
    gradient: np.ndarray

    def reach(self) -> int:
        """Return within how many steps of the origin nine tenths of all that replacing changes lie."""
        total = self.replaced.sum()
        return int(np.searchsorted(np.cumsum(self.replaced), SHARE * total) + 1) if total else 0


def look_back(loaded: LoadedModel, corpus: str, member: int, place: int) -> LookBack:
    """Return what each value of the window before an origin does to the forecast."""
    one, model, scaling = member_of(corpus, member), loaded.model, loaded.tokenizer
    origin, window = one.validation_end + place, loaded.model.window
    begin = origin - window
    names = [column.name for column in scaling.known]
    columns = known_columns(one.series[begin : origin + model.horizon], names)
    known = torch.tensor(scaling.scale_known(columns), dtype=torch.float32)[None]
    values = torch.tensor(scaling.value.scale(one.series.values[begin:origin]), dtype=torch.float32)[None]
    with torch.enable_grad():
        read = values.clone().requires_grad_()
        (found,) = torch.autograd.grad(model(read, known)[:, :, 0].mean(), read)  # the weights are shared
        gradient = found[0].abs().double().numpy()
    with torch.inference_mode():
        whole = model(values, known)[0, :, 0]
        rows = values.repeat(window, 1)
        rows[torch.arange(window), torch.arange(window)] = values.mean()
        changed = model(rows, known.expand(window, -1, -1))[:, :, 0]
        replaced = (changed - whole).abs().mean(1).double().numpy() * scaling.value.deviation
    return LookBack(np.arange(1, window + 1), replaced[::-1].copy(), gradient[::-1].copy())


def look_back_frame(found: LookBack) -> pd.DataFrame:
    """Return it as a table."""
    return pd.DataFrame({"lag": found.lags, "replaced": found.replaced, "gradient": found.gradient})


def say_look_back(found: LookBack, step: str) -> str:
    """Return the sentence on how far back the forecast looks."""
    reach, best = found.reach(), int(found.lags[found.replaced.argmax()])
    return (
        f"Nine tenths of all that replacing changes lie within {reach:,} of the {len(found.lags):,} {step}s that are "
        f"read; the value {best:,} {step}{'' if best == 1 else 's'} before the end weighs most."
    )
