"""The load of a schedule, for those who manage it."""

from bot.domain.errors import Refused
from bot.domain.oncall.cover import managed
from bot.domain.oncall.load import Load, load_of
from bot.domain.oncall.spans import Span
from bot.domain.rights import Right
from bot.operations.oncall.rota import rota_of, zone_of
from bot.operations.rights import allow
from storage import load as load_storage
from storage import people
from storage.transaction import Tx


def managed_by(tx: Tx, who: str) -> list[str]:
    """Return the schedules that a person manages."""
    ids = people.ids(tx, [one for schedule in tx.process.schedules.values() for one in schedule.managers])
    return [
        name
        for name, schedule in tx.process.schedules.items()
        if who in {ids.get(one, one) for one in schedule.managers}
    ]


def load(tx: Tx, schedule: str, month: Span, *, by: str) -> Load:
    """Return how people were paged for a schedule in a month. Private incidents count, unnamed."""
    allow(tx, by, Right.WORK)
    rota = rota_of(tx, schedule, by, since=month.start)
    if by not in rota.schedule.managers:
        raise Refused(f"The load of {schedule} is shown to those alone who manage it. {managed(rota)}")
    of_it = (team for team in tx.process.teams.values() if team.schedule and team.schedule.name == schedule)
    called = load_storage.called(tx, [team.name for team in of_it], month.start, month.end)
    shifts = rota.shifts(Span(month.start, max(month.start, min(month.end, tx.now))))
    return load_of(schedule, month, called, shifts, lambda who: zone_of(tx, who))
