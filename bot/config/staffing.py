"""Says where a page would reach nobody, going by who is named on call."""

from collections.abc import Iterator

from bot.domain.process import Process, Team


def gaps(process: Process) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what makes a page impossible, and what only wants telling."""
    fatal = tuple(_unreachable(process))
    warnings = (*_half_reachable(process), *_unannounced(process))
    return fatal, warnings


def reachable(team: Team, process: Process) -> bool:
    """Say whether anybody is named at any level of the team's path."""
    return any(staffed(process.teams[level.team]) or level.names_person for level in team.path)


def staffed(team: Team) -> bool:
    """Say whether anybody is named on call for a team, or a calendar says who is."""
    return bool(team.named or (team.schedule and team.schedule.calendar))


def _unreachable(process: Process) -> Iterator[str]:
    for team in process.teams.values():
        paged_by = [kind.name for kind in process.types.values() if kind.pages == team.name]
        if paged_by and not reachable(team, process):
            levels = ", ".join(dict.fromkeys(level.team for level in team.path))
            yield (
                f"teams.{team.name}: incidents of type {', '.join(paged_by)} page this team, and nobody who "
                f"can be paged is named at any level of its path ({levels}). Name somebody under `on_call`."
            )


def _half_reachable(process: Process) -> Iterator[str]:
    paged = {kind.pages for kind in process.types.values()}
    for team in process.teams.values():
        if reachable(team, process):
            if not staffed(team):
                yield f"teams.{team.name}.on_call: nobody can be paged; a page passes this team over."
        elif team.name not in paged:
            yield f"teams.{team.name}: a page for this team reaches nobody; name somebody under `on_call`."


def _unannounced(process: Process) -> Iterator[str]:
    for kind in process.types.values():
        if not kind.announce and not kind.private:
            yield f"types.{kind.name}.announce: incidents of this type are announced nowhere."
