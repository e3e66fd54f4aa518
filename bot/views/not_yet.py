"""What is answered to a word that is no command: the one that may be meant."""

from collections.abc import Mapping, Sequence

from bot.domain.errors import Refused, Step
from bot.views.mrkdwn import cut, unformatted
from bot.views.steps import fits

OTHERWISE: Mapping[str, str] = {
    other: command
    for command, others in {
        "ack": "ok yes onit mine got acked",
        "action": "todo task",
        "actions": "todos tasks",
        "cancel": "abort delete",
        "escalate": "call wake ping",
        "lead": "owner dri claim",
        "link": "url zoom meet bridge docs",
        "list open": "open",
        "merge": "duplicate dup dupe",
        "note": "comment write log",
        "oncall": "schedule rota shift whois",
        "pause": "wait hold rest",
        "public": "statuspage customers comms publish",
        "recap": "info details show catchup catch-up state tldr",
        "rename": "name title",
        "resolve": "done end stop finish finished over solved",
        "role": "assign give",
        "roles": "who people team",
        "severity": "raise upgrade lower downgrade priority prio",
        "snooze": "later mute quiet sleep remind",
        "status Fixing": "fixing",
        "status Investigating": "investigate investigating",
        "status Monitoring": "fixed mitigated mitigate monitor monitoring stable",
        "subscribe": "notify",
        "timeline": "history events",
        "undo": "revert oops back",
        "update": "say tell post inform message msg",
    }.items()
    for other in others.split()
}
"""What people type for a command, and the command: words that no likeness of letters would find."""
PHRASES: Mapping[str, str] = {
    r"(?:i ?a?'?m |i have |i've )?(?:on|got) (?:it|this)": "ack",
    r"i (?:got|have|take|took|own) (?:it|this|that)": "ack",
    r"what(?:'?s| is| has| happened| are we).*|how (?:bad|is it).*|catch me up|give me .*": "recap",
    r"who(?:'?s| is)? on[ -]?call.*": "oncall",
    r"who(?:'?s|se)?\b.*": "roles",
    r"all (?:clear|good|fine|done)|(?:it'?s|it is|we are|we're) (?:over|done|fixed|resolved|gone)": "resolve",
    r"(?:it'?s |it is |this is )?(?:not?|no) (?:an? )?(?:real )?(?:incident|issue|problem)": "cancel",
    r"(?:i |we )?(?:need|send|get|want) (?:more )?help.*|sos|mayday": "escalate",
    r"(?:we are|we're) fixing.*": "status Fixing",
    r"status ?page.*": "public",
    r"hand(?:ing)? ?over": "lead",
}
"""What people say, as whole sentences, and the command that may be meant."""
SHOWN = 80
"""How much of what was typed is quoted."""


def did_you_mean(typed: str, meant: Sequence[str], offers: tuple[Step, ...]) -> Refused:
    """Answer a word that is none of ours but close to one or more of them."""
    ours = " or ".join(f"`/inc {one}`" for one in meant)
    return Refused(f"There is no command `/inc {unformatted(typed)}`. Did you mean {ours}?", *offers)


def no_command(typed: str, offers: tuple[Step, ...]) -> Refused:
    """Answer in an incident's channel what is close to no command: nothing is declared unasked."""
    shown = cut(unformatted(typed), SHOWN)
    way = "" if all(map(fits, offers)) else " To declare a new incident with it: `/inc declare …`."
    return Refused(f"`{shown}` is no command. What do you want to do with it?{way}", *offers)
