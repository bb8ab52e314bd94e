"""The figures as a table for people and as JSON for programs."""

from dataclasses import asdict
from typing import Any

from tests.bench.figures import Campaign, Figure, verdicts


def as_table(campaigns: list[Campaign]) -> str:
    """A block for each size, then the targets."""
    lines = [line for campaign in campaigns for line in (*_campaign(campaign), "")]
    return "\n".join([*lines, *_targets(campaigns)])


def as_data(campaigns: list[Campaign]) -> dict[str, Any]:
    """The same, with times in seconds and memory in bytes."""
    return {
        "campaigns": [_campaign_data(campaign) for campaign in campaigns],
        "targets": [asdict(verdict) for verdict in verdicts(campaigns)],
    }


def _campaign(campaign: Campaign) -> list[str]:
    head = f"{campaign.milestones:,} milestones, {campaign.units} units, {campaign.late:,} overdue"
    columns = "".join(
        f"  {f'{count} conn. req/s':>14} {'p50 ms':>8} {'p95 ms':>8} {'of bare':>7}"
        for count in campaign.connections
    )
    rows = [f"{name:<20}{_cells(campaign, name)}" for name in _names(campaign)]
    rest = [
        f"XLSX of all {campaign.workbook_rows:,} rows: {campaign.workbook:.2f} s",
        f"reminder run: {campaign.reminders:.2f} s ({campaign.letters} mails)",
        f"two workers after the run: {campaign.memory / 1e6:.0f} MB (PSS)",
        f"first answer after the start: {campaign.first_answer:.2f} s",
    ]
    return [head, f"{'':<20}{columns}", *rows, *rest]


def _cells(campaign: Campaign, name: str) -> str:
    cells = []
    for connections in campaign.connections:
        figure, share = campaign.figures[name, connections], campaign.share(name, connections)
        times = f"{figure.p50 * 1000:>8.1f} {figure.p95 * 1000:>8.1f}"
        cells.append(f"  {figure.rate:>14.1f} {times} {'' if share is None else f'{share:.2f}':>7}")
    return "".join(cells)


def _targets(campaigns: list[Campaign]) -> list[str]:
    return [
        f"{'met    ' if verdict.is_met else 'NOT MET'}  {verdict.target}: {verdict.measured}"
        for verdict in verdicts(campaigns)
    ]


def _names(campaign: Campaign) -> list[str]:
    return list(dict.fromkeys(name for name, _ in campaign.figures))


def _campaign_data(campaign: Campaign) -> dict[str, Any]:
    figures = [
        {
            "case": name,
            "connections": connections,
            **_figure(figure),
            "share": campaign.share(name, connections),
        }
        for (name, connections), figure in campaign.figures.items()
    ]
    return {**asdict(campaign), "figures": figures}


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "requests": len(figure.times), "rate": figure.rate, "p50": figure.p50, "p95": figure.p95,
        "rates": figure.rates,
    }  # fmt: skip
