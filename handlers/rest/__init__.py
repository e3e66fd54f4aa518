"""The endpoints of the API: each reads or decides in one transaction, by the operations that Slack uses."""
