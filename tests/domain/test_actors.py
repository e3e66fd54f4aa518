import pytest

from bot.domain.actors import BOT, Actor, Machine, MachineKind, parsed

ALERT = Machine(MachineKind.ALERT, "prometheus: disk")

EVERY: dict[str, tuple[Actor, str]] = {
    "U123": ("U123", "U123"),
    "bot": (BOT, "Muster"),
    "alert:prometheus: disk": (ALERT, "alert from prometheus: disk"),
    "token:release": (Machine(MachineKind.TOKEN, "release"), "API token release"),
}


@pytest.mark.parametrize(
    ("text", "actor", "spoken"), [(text, *one) for text, one in EVERY.items()], ids=EVERY
)
def test_an_actor_is_read_back_from_its_text(text: str, actor: Actor, spoken: str) -> None:
    assert str(actor) == text
    assert parsed(text) == actor
    assert (actor.spoken if isinstance(actor, Machine) else actor) == spoken


@pytest.mark.parametrize("name", ["UBOT", "W1", "", "alerts", "TOKEN:x"])
def test_whatever_is_no_machine_is_a_person(name: str) -> None:
    assert parsed(name) == name
