"""A form as a page shows it: what stands in its fields, and what is wrong with each of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

LONGEST = 4000
"""Characters of one field that are kept to be shown again."""
ALL = ""
"""Stands for the whole form, where no field of it is wrong alone."""


@dataclass(frozen=True, slots=True)
class Filled:
    """One form of a page, by its name. `once` tells one sending of it from another: one that is sent twice is
    done once.
    """

    name: str
    once: str
    values: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    def error(self, name: str = ALL) -> str:
        return self.wrong.get(name, "")

    def again(self, name: str, said: str) -> "Filled":
        """Return the form with what was entered, and what is wrong with a field."""
        return replace(self, wrong={**self.wrong, name: said})
