"""A Slack of our own, in memory: people click in its page, bots talk to its Web API and its sockets.

It knows nothing of the bot. A bot is pointed at it with `SLACK_API_URL`, gets events by Socket Mode or by
signed HTTP as its manifest says, and is refused what Slack would refuse: missing scopes, malformed blocks,
spent triggers. Tests drive `sandbox.slack.Slack` and its `Person`; `python -m sandbox` serves the same
workspace to a browser.
"""
