"""What tools tell of changes, as their documentation shows it."""

from typing import Any

import pytest

from bot.intake.changes import read
from bot.intake.values import Unreadable

PAGERDUTY: dict[str, Any] = {
    "routing_key": "0" * 32,
    "payload": {
        "summary": "Build Success - Increase snapshot create timeout to 30 seconds",
        "timestamp": "2020-07-17T08:42:58.315+0000",
        "source": "acme-build-pipeline-tool-default-i-9999",
        "custom_details": {"build_state": "passed", "build_number": "2"},
    },
    "links": [{"href": "https://acme.test/build/2", "text": "View more details in Acme!"}],
}
GITLAB: dict[str, Any] = {
    "object_kind": "deployment",
    "status": "success",
    "status_changed_at": "2021-04-28 21:50:00 +0200",
    "deployment_id": 15,
    "deployable_id": 796,
    "deployable_url": "http://gitlab.test/root/webhooks/-/jobs/796",
    "environment": "staging",
    "environment_tier": "staging",
    "project": {"id": 30, "name": "webhooks", "path_with_namespace": "root/webhooks"},
    "ref": "main",
    "short_sha": "279484c0",
    "user": {"id": 1, "name": "Administrator", "username": "root"},
    "commit_url": "http://gitlab.test/root/webhooks/-/commit/279484c0",
    "commit_title": "Add new file",
}

FLAG: dict[str, Any] = {
    "object_kind": "feature_flag",
    "project": GITLAB["project"] | {"web_url": "https://gitlab.test/root/webhooks"},
    "user": GITLAB["user"],
    "user_url": "https://gitlab.test/root",
    "object_attributes": {"id": 6, "name": "test-feature-flag", "description": "A test", "active": True},
}


def test_a_change_event_of_pagerduty_is_read():
    change = read(PAGERDUTY)

    assert change.summary == PAGERDUTY["payload"]["summary"]
    assert (change.where, change.labels["build_number"]) == (PAGERDUTY["payload"]["source"], "2")
    assert [one.url for one in change.links] == ["https://acme.test/build/2"]
    assert change.at


def test_a_deployment_of_gitlab_is_read():
    change = read(GITLAB)

    assert change.summary == "Deployment of root/webhooks to staging: success (Add new file)"
    assert (change.where, change.labels["ref"], change.labels["by"]) == ("staging", "main", "root")
    assert [one.name for one in change.links] == ["Job", "Commit"]
    assert change.at
    assert change.at.isoformat() == "2021-04-28T21:50:00+02:00"


@pytest.mark.parametrize(
    ("active", "turned"), [(True, "switched on"), (False, "switched off"), (None, "changed")]
)
def test_a_feature_flag_of_gitlab_is_read(active: object, turned: str):
    change = read(FLAG | {"object_attributes": FLAG["object_attributes"] | {"active": active}})

    assert change.summary == f"Feature flag test-feature-flag {turned}"
    assert (change.where, change.labels["by"]) == ("root/webhooks", "root")
    assert [one.url for one in change.links] == ["https://gitlab.test/root/webhooks/-/feature_flags"]


def test_a_summary_is_enough():
    assert read({"summary": "Deployed shop 1.2", "source": "web"}).where == "web"


@pytest.mark.parametrize(
    "body", [{}, [], None, "x", {"payload": {}}, {"payload": {"summary": " "}}, {"links": 3}]
)
def test_what_says_nothing_is_refused(body: Any):
    with pytest.raises(Unreadable):
        read(body)
