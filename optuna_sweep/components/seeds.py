"""Seeds that a resumed sweep can count on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_BY_TRIAL_NUMBER = {"GridSampler", "QMCSampler"}
"""They draw a whole sequence from their seed and the trial's number picks from it: a seed of its own
for each trial would give each trial another sequence."""


@dataclass(frozen=True, slots=True)
class Seed:
    """Where a sampler's randomness comes from.

    Attributes:
        base: The sweep's seed; None for none.
        trial: The number of the trial that will be sampled.
    """

    base: int | None = None
    trial: int = 0

    def of(self, sampler: str) -> int | None:
        """The seed for a sampler of that type: another one for each trial, where it may be."""
        if self.base is None or self.trial == 0 or sampler in _BY_TRIAL_NUMBER:
            return self.base
        return int(np.random.SeedSequence([self.base, self.trial]).generate_state(1)[0])
