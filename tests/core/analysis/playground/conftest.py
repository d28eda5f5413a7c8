"""A tiny model with random weights, as if a run had trained it."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def trained_on(tiny_model_dir):
    """A model with a task's classes; `max_length` cuts its texts."""
    from core.analysis.predict import TrainedModel
    from core.model.build import load_model, seeded
    from core.model.source import resolve_model
    from core.model.tokenizer import load_tokenizer
    from core.tasks import get_task

    def make(task="demo-intents", max_length=64):
        source, known = resolve_model(str(tiny_model_dir)), get_task(task)
        with seeded(3):
            model = load_model(source, known.num_labels, known.is_regression, known.labels or None)
        for parameter in model.mobilebert.encoder.parameters():
            parameter.data *= 0.6  # smooth enough for a quadrature to follow
        model.classifier.weight.data *= 0.01  # so large a random model would be sure of everything
        return TrainedModel(model.eval(), load_tokenizer(source), known, max_length, 8)

    return make
