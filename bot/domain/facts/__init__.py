"""Facts: what happened, as typed values. An operation records them with the state it writes.

One recorded fact yields its timeline entry, if it has a `kind`, its line in the log, and the deliveries of
every job that subscribes to it. A fact never says what a message has to do: who shows it knows that.
The fields of a fact with a `kind` are the data of its entry, by the same names.
"""

from bot.domain.facts.alerts import *
from bot.domain.facts.fact import *
from bot.domain.facts.incidents import *
from bot.domain.facts.maintenance import *
from bot.domain.facts.oncall import *
from bot.domain.facts.paging import *
from bot.domain.facts.review_documents import *
from bot.domain.facts.reviews import *
from bot.domain.facts.streams import *
from bot.domain.facts.timeline import *
from bot.domain.facts.webhooks import *
from bot.domain.facts.work import *
from bot.domain.facts.workspace import *
