"""`python -m tests.simulation SEED [...]`: run seeds again, and print all that happened in them."""

import sys

from tests.simulation.world import simulate


def main() -> int:
    """Run each seed that is named; with one alone, print its trace."""
    seeds = [int(one) for one in sys.argv[1:]] or [0]
    failed = 0
    for seed in seeds:
        outcome = simulate(seed)
        if len(seeds) == 1:
            print("\n".join(outcome.trace))  # noqa: T201 - that is what it is for
        print(f"seed {seed}: {outcome.digest}, {outcome.hours:.2f} h, {outcome.tally}, {dict(outcome.seen)}")  # noqa: T201
        if outcome.problems:
            failed += 1
            print(outcome)  # noqa: T201
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
