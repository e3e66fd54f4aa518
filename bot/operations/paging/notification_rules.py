"""A person's own notification rules."""

from collections.abc import Sequence

from bot.domain.paging.notification_rules import Loudness, rule_of
from bot.domain.process import Notice
from bot.domain.rights import Right
from bot.operations.rights import allow
from storage import notification_rules
from storage.transaction import Tx


def change_rule(tx: Tx, loudness: Loudness, notices: Sequence[Notice], *, by: str) -> None:
    """Have a person's loud or quiet pages leave by these contact methods, beside Slack."""
    allow(tx, by, Right.ACKNOWLEDGE)
    notification_rules.put(tx, by, loudness, rule_of(notices, tx.process.contact_methods))


def use_default_rule(tx: Tx, loudness: Loudness, *, by: str) -> None:
    """Have the rule of the configuration count again."""
    notification_rules.remove(tx, by, loudness)
