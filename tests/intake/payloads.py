"""Payloads as the senders' documentation shows them, and as docs/alert-sources.md has them configured."""

import json
from typing import Any

Json = dict[str, Any]

GITLAB: Json = {
    "title": "Incident title",
    "description": "Short description of the incident",
    "start_time": "2019-09-12T06:00:55Z",
    "service": "service affected",
    "monitoring_tool": "value",
    "hosts": ["10.0.0.1", "10.0.0.2"],
    "severity": "high",
    "fingerprint": "d19381d4e8ebca87b55cda6e8eee7385",
    "foo": {"bar": {"baz": 42}},
}
SENTRY_ISSUE_ALERT: Json = {
    "action": "triggered",
    "actor": {"id": "sentry", "name": "Sentry", "type": "application"},
    "data": {
        "event": {
            "_ref": 1,
            "culprit": "?(runner)",
            "datetime": "2018-08-24T17:50:05.000000Z",
            "event_id": "cbbc8eb2a8d24b8aa8b6f8b7b6c8b7b6",
            "issue_id": "1170820242",
            "issue_url": "https://sentry.io/api/0/issues/1170820242/",
            "level": "error",
            "project": 1,
            "title": "ReferenceError: heck is not defined",
            "web_url": "https://sentry.io/organizations/test-org/issues/1170820242/events/cbbc/",
            "exception": {"values": [{"value": "a person's own data"}]},
        },
        "triggered_rule": "Very Important Alert Rule!",
    },
    "installation": {"uuid": "a8e5d37a-696c-4c54-adb5-b3f28d64c7de"},
}
SENTRY_RESOLVED: Json = {
    "action": "resolved",
    "actor": {"id": 1, "name": "Meredith", "type": "user"},
    "data": {
        "issue": {"id": "1170820242", "title": "ReferenceError: heck is not defined", "status": "resolved"}
    },
    "installation": {"uuid": "a8e5d37a-696c-4c54-adb5-b3f28d64c7de"},
}
SENTRY_METRIC: Json = {
    "action": "critical",
    "actor": {"id": "sentry", "name": "Sentry", "type": "application"},
    "data": {
        "description_text": "1000 events in the last 10 minutes",
        "description_title": "Critical: Too many errors",
        "metric_alert": {
            "alert_rule": {"environment": None, "id": "7", "name": "Too many errors", "projects": ["bar"]},
            "date_started": "2020-09-08T20:00:00Z",
            "id": "4",
            "identifier": "5",
            "projects": ["bar"],
            "title": "Too many errors",
        },
        "web_url": "https://sentry.io/organizations/foo/alerts/rules/details/7/?alert=4",
    },
    "installation": {"uuid": "a8e5d37a-696c-4c54-adb5-b3f28d64c7de"},
}
SENTRY_INSTALLED: Json = {
    "action": "created",
    "data": {"installation": {"status": "pending", "uuid": "a8e5d37a"}},
    "installation": {"uuid": "a8e5d37a"},
}
DATADOG: Json = {
    "key": "1234567890",
    "transition": "Triggered",
    "title": "[Triggered on {host:web-1}] CPU is high",
    "priority": "P2",
    "scope": "host:web-1",
    "aggregate": "monitor-42",
    "link": "https://app.datadoghq.com/monitors/42",
    "tags": "env:prod,team:web,urgent",
    "body": "CPU over 90 % for 5 minutes",
}
DATADOG_AS_IT_STARTS: Json = {
    "body": "%%%\nCPU over 90 %\n%%%",
    "last_updated": "1700000000000",
    "event_type": "query_alert_monitor",
    "title": "[P3] [Warn on {host:web-1}] CPU is high",
    "date": "1700000000000",
    "org": {"id": "1", "name": "Acme"},
    "id": "7654321",
}
CLOUDWATCH: Json = {
    "AlarmName": "Example alarm name",
    "AlarmDescription": "Example alarm description.",
    "AWSAccountId": "000000000000",
    "NewStateValue": "ALARM",
    "NewStateReason": "Threshold Crossed: 1 datapoint (10.0) was greater than the threshold (1.0).",
    "StateChangeTime": "2017-01-12T16:30:42.236+0000",
    "Region": "EU (Ireland)",
    "AlarmArn": "arn:aws:cloudwatch:eu-west-1:000000000000:alarm:Example alarm name",
    "OldStateValue": "OK",
    "Trigger": {
        "MetricName": "DeliveryErrors",
        "Namespace": "ExampleNamespace",
        "Dimensions": [{"name": "host", "value": "db-1"}],
        "Period": 300,
        "Threshold": 1.0,
    },
}
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alerts"


def sns(message: str, kind: str = "Notification", **more: Any) -> Json:
    """Return what Amazon SNS wraps around a message, without its signature."""
    return {
        "Type": kind,
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Subject": "My First Message",
        "Message": message,
        "Timestamp": "2012-05-02T00:54:06.655Z",
        "SignatureVersion": "1",
        "Signature": "",
        "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-abc.pem",
        **more,
    }


HEALTHCHECKS: Json = {
    "code": "f618072a-7bde-4eee-af63-71a77c5723bc",
    "name": "Nightly backup",
    "status": "down",
    "tags": "prod s2",
    "body": "No space left",
    "exitstatus": "1",
}
UPTIME_KUMA: Json = {
    "heartbeat": {
        "monitorID": 7,
        "status": 0,
        "time": "2024-01-05 09:58:00.123",
        "msg": "connect ECONNREFUSED 10.0.0.1:443",
        "important": True,
        "duration": 61,
        "retries": 0,
        "timezone": "Europe/Berlin",
    },
    "monitor": {
        "id": 7,
        "name": "Shop",
        "url": "https://shop.test",
        "hostname": None,
        "type": "http",
        "tags": [{"name": "team", "value": "web"}],
    },
    "msg": "[Shop] [🔴 Down] connect ECONNREFUSED 10.0.0.1:443",
}
UPTIME_KUMA_TEST: Json = {"heartbeat": None, "monitor": None, "msg": "Muster Testing"}
UPTIME_KUMA_CERTIFICATE: Json = {
    "heartbeat": None,
    "monitor": None,
    "msg": "[Shop][https://shop.test] server certificate shop.test will expire in 7 days",
}
ZABBIX: Json = {
    "event_id": "1071",
    "value": "1",
    "update": "0",
    "acknowledged": "No",
    "event_name": "Free disk space is less than 20% on volume /",
    "severity": "4",
    "host": "db-1",
    "trigger_id": "16433",
    "operational_data": "Space used: 15 GB of 16 GB",
    "tags": [{"tag": "scope", "value": "capacity"}, {"tag": "urgent", "value": ""}],
    "link": "https://zabbix.test/tr_events.php?triggerid=16433&eventid=1071",
}
NAGIOS: dict[str, str] = {
    "type": "PROBLEM",
    "host": "db-1",
    "service": "Disk",
    "state": "CRITICAL",
    "output": "DISK CRITICAL - free space: / 320 MB (3% inode=97%)",
    "address": "10.0.0.1",
    "groups": "databases",
}
OPSGENIE: Json = {
    "message": "An example alert message",
    "alias": "Life is too short for no alias",
    "description": "Every alert needs a description",
    "responders": [{"id": "4513b7ea-3b91-438f-b7e4-e3e54af9147c", "type": "team"}],
    "tags": ["OverwriteQuietHours", "Critical"],
    "details": {"key1": "value1", "key2": "value2"},
    "entity": "An example entity",
    "priority": "P1",
}
ALARM = sns(json.dumps(CLOUDWATCH))
EACH: dict[str, Any] = {
    "gitlab": GITLAB,
    "sentry": SENTRY_ISSUE_ALERT,
    "datadog": DATADOG,
    "sns": ALARM,
    "healthchecks": HEALTHCHECKS,
    "uptime-kuma": UPTIME_KUMA,
    "zabbix": ZABBIX,
    "nagios": NAGIOS,
    "opsgenie": OPSGENIE,
}
"""One body of each format that fires."""
