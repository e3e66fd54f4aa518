"""What the API tells. Each of these is asked in one transaction, for whoever comes with the token."""

from datetime import timedelta
from statistics import median

from bot.domain.incidents.incident import Severity, Status
from bot.operations.paging.targets import callable_on_paths
from handlers.rest import models, shown
from handlers.rest.asked import Asked, WrongField, known
from storage import actions, api_lists, fields, overrides, pages, people, roles, schedules, timeline, updates
from storage.api_lists import Wanted
from storage.transaction import Tx

PERIOD = timedelta(days=30)
MOST_UPDATES = 100


def list_incidents(tx: Tx, asked: Asked) -> models.Incidents:
    query = asked.query
    wanted = Wanted(
        asked.viewer,
        asked.private,
        query.status,
        query.severity,
        query.type,
        _lead(tx, query.lead),
        query.created_after,
        query.created_before,
        query.q,
        query.open,
        query.drills,
        query.label,
    )
    found = api_lists.incidents(tx, wanted, query.limit + 1, query.cursor)
    page = found[: query.limit]
    more = str(page[-1].id) if len(found) > len(page) else None
    return models.Incidents(data=shown.incidents(tx, page), next_cursor=more)


def _lead(tx: Tx, given: str) -> str:
    """Return the id of whoever is named by it or by an e-mail address: somebody unknown leads nothing."""
    found = people.named(tx, given) if given else None
    return found.id if found else given


def show_incident(tx: Tx, asked: Asked) -> models.Incident:
    return shown.incidents(tx, [known(tx, asked)])[0]


def list_updates(tx: Tx, asked: Asked) -> models.Updates:
    found = updates.newest(tx, known(tx, asked).id, MOST_UPDATES)
    names = shown.names(tx, (one.by for one in found))
    return models.Updates(data=[shown.update(one, names) for one in found])


def list_actions(tx: Tx, asked: Asked) -> models.Actions:
    return models.Actions(data=shown.actions(tx, actions.of(tx, known(tx, asked).id)))


def list_entries(tx: Tx, asked: Asked) -> models.Entries:
    incident, query, past = known(tx, asked), asked.query, asked.query.cursor or 0
    found = timeline.of(tx, incident.id, query.highlights, past, query.limit + 1)
    page = found[: query.limit]
    names = shown.names(tx, (one.by for one in page))
    more = str(past + len(page)) if len(found) > len(page) else None
    return models.Entries(data=[shown.entry(one, names) for one in page], next_cursor=more)


def list_roles(tx: Tx, asked: Asked) -> models.Roles:
    found = roles.holders(tx, known(tx, asked).id)
    names = shown.names(tx, (one.person for one in found))
    return models.Roles(
        data=[
            models.Role(role=one.role, person=names.person(one.person), since=one.since, by_hand=one.by_hand)
            for one in found
        ]
    )


def list_fields(tx: Tx, asked: Asked) -> models.FieldValues:
    found = fields.of(tx, known(tx, asked).id)
    names = shown.names(tx, (one.set_by for one in found))
    return models.FieldValues(
        data=[
            models.FieldValue(
                name=one.name, value=one.value, set_by=names.actor(one.set_by), set_at=one.set_at
            )
            for one in found
        ]
    )


def list_pages(tx: Tx, asked: Asked) -> models.Pages:
    found = pages.of_incident(tx, known(tx, asked).id)
    names = shown.names(tx, (who for one in found for who in (one.responder, one.answered_by)))
    return models.Pages(data=[shown.page(one, names) for one in found])


def on_call(tx: Tx, _: Asked) -> models.OnCall:
    """Tell whom a page of each team would call now, and who follows."""
    now, then = callable_on_paths(tx), schedules.following(tx)
    names = shown.names(
        tx,
        {*(who for them in now.values() for who in them), *(w for one in then.values() for w in one.people)},
    )
    return models.OnCall(
        data=[
            models.OnCallTeam(
                team=team.name,
                role=team.role,
                on_call=[names.person(who) for who in now.get(team.name, ())],
                until=then[team.name].start if team.name in then else None,
                then=[names.person(who) for who in then[team.name].people] if team.name in then else [],
            )
            for team in tx.process.teams.values()
        ]
    )


def list_schedules(tx: Tx, asked: Asked) -> models.Schedules:
    coming = schedules.coming(tx, tx.now + timedelta(days=asked.query.days))
    teams = {one.schedule.name: name for name, one in tx.process.teams.items() if one.schedule}
    found = {name: list(coming[team]) for name, team in teams.items()}
    names = shown.names(tx, (who for shifts in found.values() for one in shifts for who in one.people))
    return models.Schedules(
        data=[
            models.Schedule(name=name, shifts=[shown.shift(one, names) for one in shifts])
            for name, shifts in found.items()
        ]
    )


def list_overrides(tx: Tx, _: Asked) -> models.Overrides:
    found = overrides.coming(tx, 100)
    names = shown.names(tx, (who for one in found for who in (one.person, one.replaces, one.made_by)))
    return models.Overrides(data=[shown.override(one, names) for one in found])


def figures(tx: Tx, asked: Asked) -> models.Figures:
    until = asked.query.until or tx.now
    since = asked.query.since or until - PERIOD
    if since > until:
        raise WrongField("since", "a time that is over, or an until after it")
    found = api_lists.times(tx, Wanted(asked.viewer, asked.private, after=since, before=asked.query.until))
    engaged = [(one.engaged_at - one.declared_at).total_seconds() for one in found if one.engaged_at]
    resolved = [(one.resolved_at - one.declared_at).total_seconds() for one in found if one.resolved_at]
    return models.Figures(
        since=since,
        until=until,
        declared=len(found),
        by_severity={to.value: sum(one.severity is to for one in found) for to in Severity},
        by_status={to.value: sum(one.status is to for one in found) for to in Status},
        median_seconds_to_acknowledge=median(engaged) if engaged else None,
        median_seconds_to_resolve=median(resolved) if resolved else None,
    )
