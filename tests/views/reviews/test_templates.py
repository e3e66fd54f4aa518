"""A template of somebody's own: it comes to an end whatever it says, and what is wrong is told by line."""

import time

import pytest

from bot.views.reviews.rendering import (
    LONGEST_TEMPLATE,
    NAMES,
    TITLES,
    TemplateWrong,
    builtin,
    problem,
    written,
)
from bot.views.reviews.samples import BARE, FULL, SAMPLES
from bot.views.reviews.writing import OWN, document, names_of
from tests.views.reviews.told import NAMES as PEOPLE
from tests.views.reviews.told import facts

TWICE = "{% set a = a ~ a %}"
MANY = f"[{'left_out,' * 500}]"
LONG = "{% set x = range(20000) | sort %}{% set y = range(20000) | sort %}"
CALLS = "{% for i in range(9999) %}{{ m() }}{% endfor %}"
CALLER = f"{{% call m() %}}{{% set b = {MANY} %}}{{% endcall %}}"
QUICK = 20
"""Seconds of the processor: each of these would run for hours, or take all memory."""


@pytest.mark.parametrize("name", NAMES)
def test_ours_work_with_everything_and_with_nothing(name: str):
    assert problem(builtin(name), SAMPLES) == ""


def test_each_has_a_title():
    assert set(TITLES) == {OWN, *NAMES}


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{% for i in range(10**9) %}x{% endfor %}", "stay below"),
        ("{% for i in range(999999999) %}x{% endfor %}", "Range too big"),
        ("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", "steps"),
        (
            "{% for i in range(9999) if i > 9999 %}{% for j in timeline %}{% endfor %}{% endfor %}" * 99,
            "steps",
        ),
        ("{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}", "calls itself"),
        ("{% for one in timeline recursive %}{{ loop([one]) }}{% endfor %}", "calls itself"),
        ("{% for i in range(90000) %}{% set x = timeline | sort(attribute='at') %}{% endfor %}", "steps"),
        ("{% for i in range(9999) %}{{ range(9999) | sum }}{% endfor %}", "steps"),
        ("{% set a = 'xxxxxxxxxx' %}" + TWICE * 40 + "{{ a }}", "longer than 1,000,000"),
        ("{% for i in range(9999) %}" + "x" * 9999 + "{% endfor %}", "more than 1,000,000"),
        ("{{ 'x' * 999999999 }}", "texts are joined by"),
        ("{{ [1] * 999999999 }}", "texts are joined by"),
        ("{{ '%999999999d' % 1 }}", "texts are joined by"),
        ("{{ '{:>999999999}'.format('x') }}", "unsafe"),
        ("{{ 'x'.ljust(999999999) }}", "unsafe"),
        ("{{ 7 ** 7 ** 7 ** 7 }}", "no `**`"),
        ("{{ 999999999 * 999999999 * 999999999 }}", "stay below"),
        ("{{ 'x' | center(999999999) }}", "center"),
        (f"{LONG}{{% for i in x %}}{{% if x == y %}}{{% endif %}}{{% endfor %}}", "steps"),
        (f"{LONG}{{% for i in x %}}{{% set z = x[::-1] %}}{{% endfor %}}", "steps"),
        (f"{LONG}{{% for i in x %}}{{% set z = x | sort(attribute='real') %}}{{% endfor %}}", "steps"),
        (f"{{% for i in range(9999) %}}{{% set b = {MANY} %}}{{% endfor %}}", "steps"),
        (f"{{% for i in range(9999) if not {MANY} %}}{{% endfor %}}", "steps"),
        (f"{{% macro m() %}}{{% set b = {MANY} %}}{{% endmacro %}}" + CALLS, "steps"),
        ("{% macro m() %}" + CALLS.replace("m()", "caller()") + "{% endmacro %}" + CALLER, "steps"),
        (
            f"{{% block m %}}{{% set b = {MANY} %}}{{% endblock %}}" + CALLS.replace("m()", "self.m()"),
            "steps",
        ),
        ("{{ 1 }}" * 5000, "more than 5,000 words and signs"),
    ],
)
def test_one_that_does_not_come_to_an_end_is_ended(template: str, why: str):
    begun = time.thread_time()

    said = problem(template, SAMPLES)

    assert why in said
    assert time.thread_time() - begun < QUICK


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{{ sumary }}", "it names `sumary`, which is none of: actions,"),
        ("{% if not incident.drill %}{{ leed }}{% endif %}", "it names `leed`"),
        ("\n\n{{ incident.nmae }}", "line 3: there is no `nmae` here; there are: id, ref, name"),
        (
            "{% for one in pages %}\n{{ one.whom }}\n{% endfor %}",
            "line 2: there is no `whom` here; there are: at",
        ),
        ("{{ timeline }}", "writes a list as a whole"),
        ("{{ incident }}", "writes about as a whole"),
        ("{{ 'x' | nofilter }}", "No filter named 'nofilter'"),
        ("{% if %}", "line 1: Expected an expression"),
        ("{{", "line 1: unexpected"),
        ("{% include 'x' %}", "no loader"),
        ("{{ incident.__class__.__mro__ }}", "unsafe"),
        ("{{ incident.ref.__class__ }}", "unsafe"),
        ("{{ 5 | time }}", "line 1"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("x" * (LONGEST_TEMPLATE + 1), "longer than 100,000"),
        ("{% for i in range(1) %}" * 30 + "{% endfor %}" * 30, "too many statically nested blocks"),
        ("{% if 1 %}" * 200 + "{% endif %}" * 200, "too many levels of indentation"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "nested too deeply"),
        ("{{ 1" + "+1" * 20000 + " }}", "nested too deeply"),
        ("{{ " + "9" * 5000 + " }}", "4300 digits"),
        ("{% macro m(a, a) %}{% endmacro %}", "duplicate argument"),
        ("{{ range(a=1, a=1) }}", "keyword argument repeated"),
        ("{{ '\\ud800' }}", "surrogates"),
    ],
)
def test_what_is_wrong_is_told(template: str, why: str):
    assert why in problem(template, SAMPLES)


def test_text_of_people_does_nothing_whatever_a_template_makes_of_it():
    template = "{{ incident.name | upper }} {{ incident.name ~ '!' }} {{ [incident.name] | join }}"

    text = document(facts(), PEOPLE, own=template)

    assert text == (
        "DISK \\*FULL\\* | \\`DB\\` &lt;SCRIPT> Disk \\*full\\* | \\`db\\` &lt;script>! "
        "Disk \\*full\\* | \\`db\\` &lt;script>\n"
    )


def test_times_numbers_and_what_is_missing_are_written_plainly():
    template = (
        "{{ incident.declared_at }}; {{ incident.declared_at | day }}; {{ incident.declared_at | time }}; "
        "{{ durations[0].value | minutes }}; {{ incident.drill }}; {{ follow_ups[0].due }}; "
        "{{ left_out + 1 }}"
    )

    assert written(FULL, template) == "2026-01-02 03:04 UTC; 2026-01-02; 03:04 UTC; 40; yes; 2026-02-01; 4\n"
    assert written(BARE, "[{{ impact_start }}]") == "[]\n"


def test_ones_own_is_the_usual_one():
    assert names_of("x") == (OWN, *NAMES)
    assert document(facts(), PEOPLE, own="{{ incident.ref }}") == "INC-7\n"
    assert document(facts(), PEOPLE, own="{{ incident.ref }}", template="short").startswith("# INC-7")


def test_one_that_fails_with_an_incident_says_so():
    with pytest.raises(TemplateWrong, match="line 2"):
        written(BARE, "\n{{ follow_ups[0].title }}")
