"""Every feature, the most used first: the router, the help, the panel and the listeners read them."""

from handlers.incidents import (
    cancel,
    declare,
    fields,
    life,
    links,
    lists,
    merging,
    overload,
    ownership,
    privacy,
    recap,
    reopen,
    resolve,
    severity,
    silence,
    times,
    triage,
    verify,
    weekend,
)
from handlers.oncall import away, calendars, cover, handover, home, load, override
from handlers.paging import (
    acknowledge,
    answers,
    escalate,
    notification_test,
    offers,
    own_contact_methods,
    simulate,
    why,
)
from handlers.request import Feature
from handlers.timeline import pins, timeline
from handlers.work import action, summary, update
from handlers.workspace import people

FEATURES: tuple[Feature, ...] = (
    declare.FEATURE,
    escalate.FEATURE,
    update.FEATURE,
    summary.FEATURE,
    action.FEATURE,
    fields.FEATURE,
    links.FEATURE,
    times.FEATURE,
    acknowledge.FEATURE,
    answers.FEATURE,
    offers.FEATURE,
    why.FEATURE,
    recap.FEATURE,
    timeline.FEATURE,
    lists.FEATURE,
    calendars.FEATURE,
    severity.FEATURE,
    life.FEATURE,
    resolve.FEATURE,
    cancel.FEATURE,
    merging.FEATURE,
    verify.FEATURE,
    overload.FEATURE,
    silence.FEATURE,
    weekend.FEATURE,
    triage.FEATURE,
    ownership.FEATURE,
    privacy.FEATURE,
    cover.FEATURE,
    override.FEATURE,
    away.FEATURE,
    load.FEATURE,
    handover.FEATURE,
    home.FEATURE,
    own_contact_methods.FEATURE,
    notification_test.FEATURE,
    simulate.FEATURE,
    pins.FEATURE,
    people.FEATURE,
    reopen.FEATURE,
)

BUTTONS = tuple(button for feature in FEATURES for button in feature.buttons)
