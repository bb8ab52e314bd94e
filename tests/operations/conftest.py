"""A server's figures, read as Prometheus would."""

from collections.abc import Callable, Mapping

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(text: str) -> Figures:
    """Every sample by its name and labels."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def of(figures: Figures, name: str, **labels: str) -> float:
    """One sample; 0 when there is none."""
    return figures.get((name, frozenset(labels.items())), 0.0)


@pytest.fixture
def figures(client: FlaskClient) -> Callable[[], Figures]:
    """The figures of the application under test."""

    def asked(environ: Mapping[str, str] | None = None) -> Figures:
        answer = client.get("/metrics", environ_base=dict(environ or {}))
        assert answer.status_code == 200, answer.text
        return read(answer.text)

    return asked
