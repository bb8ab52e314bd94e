"""What was measured, and how it compares with the targets."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median, quantiles

from tests.bench.cases import BOARD, MEASURED_AGAINST, PAGED
from tests.bench.load import Result

HALF = 0.5
BOARD_SECONDS = 0.150
MOST_GROWTH = 1.5
MOST_MEMORY = 220e6
MOST_WAITING = 1.5


@dataclass
class Figure:
    """One case at one number of connections: each round's rate, and every answer's time."""

    rates: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def add(self, result: Result) -> None:
        self.rates.append(len(result.times) / result.seconds)
        self.times += result.times

    @property
    def rate(self) -> float:
        """Requests a second: the median of the rounds."""
        return median(self.rates)

    @property
    def p50(self) -> float:
        return median(self.times)

    @property
    def p95(self) -> float:
        return quantiles(self.times, n=20)[-1] if len(self.times) > 1 else self.times[0]

    def share_of(self, other: "Figure") -> float:
        """Its rate as a share of the other's: the median over rounds, in which both had the same noise."""
        return median(own / others for own, others in zip(self.rates, other.rates, strict=True))


@dataclass
class Campaign:
    """Everything measured at one size."""

    wanted: int
    milestones: int
    units: int
    late: int
    figures: dict[tuple[str, int], Figure] = field(default_factory=dict)
    workbook: float = 0.0
    workbook_rows: int = 0
    reminders: float = 0.0
    letters: int = 0
    memory: float = 0.0
    first_answer: float = 0.0

    def share(self, name: str, connections: int) -> float | None:
        """The rate of a case as a share of the bare one's that it is held against."""
        against = MEASURED_AGAINST.get(name)
        if against is None:
            return None
        return self.figures[name, connections].share_of(self.figures[against, connections])

    @property
    def connections(self) -> list[int]:
        return sorted({connections for _, connections in self.figures})


@dataclass(frozen=True)
class Verdict:
    """A target, what was measured, and whether that meets it."""

    target: str
    measured: str
    is_met: bool


def verdicts(campaigns: list[Campaign]) -> Iterator[Verdict]:
    """Every target against the worst that was measured for it."""
    for name, against in MEASURED_AGAINST.items():
        yield _share(campaigns, name, against)
    largest, smallest = campaigns[-1], campaigns[0]
    board = max(largest.figures[BOARD, connections].p50 for connections in largest.connections[:1])
    yield Verdict(
        f"{BOARD}: p50 under {BOARD_SECONDS * 1000:.0f} ms at {largest.wanted:,}",
        f"{board * 1000:.1f} ms",
        board < BOARD_SECONDS,
    )
    if largest is not smallest:
        for name in PAGED:
            yield _growth(smallest, largest, name)
    memory = max(campaign.memory for campaign in campaigns)
    yield Verdict("two workers under 220 MB (PSS)", f"{memory / 1e6:.0f} MB", memory < MOST_MEMORY)
    waiting = median(campaign.first_answer for campaign in campaigns)
    yield Verdict("first answer within 1.5 s of the start", f"{waiting:.2f} s", waiting <= MOST_WAITING)


def _share(campaigns: list[Campaign], name: str, against: str) -> Verdict:
    shares = [
        (campaign.share(name, connections) or 0.0, campaign.wanted, connections)
        for campaign in campaigns
        for connections in campaign.connections
    ]
    share, wanted, connections = min(shares)
    return Verdict(
        f"{name}: at least half the {against}'s requests a second",
        f"{share:.2f} at worst ({wanted:,} milestones, {connections} connections)",
        share >= HALF,
    )


def _growth(smallest: Campaign, largest: Campaign, name: str) -> Verdict:
    growth = largest.figures[name, 1].p50 / smallest.figures[name, 1].p50
    return Verdict(
        f"{name}: p50 grows at most {MOST_GROWTH} times from {smallest.wanted:,} to {largest.wanted:,}",
        f"{growth:.2f} times",
        growth <= MOST_GROWTH,
    )
