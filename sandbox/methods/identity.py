"""Who the app is, where it is, and a connection for it."""

from sandbox.call import Call
from sandbox.errors import SlackError
from sandbox.state import Json


def api_test(call: Call) -> Json:
    if error := call.text("error"):
        raise SlackError(error, args=call.args)
    return {"args": call.args}


def auth_test(call: Call) -> Json:
    ws = call.ws
    return {
        "url": f"https://{ws.team['domain']}.slack.com/",
        "team": ws.team["name"],
        "user": ws.app.name,
        "team_id": ws.team["id"],
        "user_id": ws.app.user_id,
        "bot_id": ws.app.bot_id,
        "is_enterprise_install": False,
    }


def team_info(call: Call) -> Json:
    team = call.ws.team
    if call.text("team", team["id"]) != team["id"]:
        raise SlackError("team_not_found")
    return {"team": {**team, "email_domain": "example.com", "icon": {"image_default": True}}}


def bots_info(call: Call) -> Json:
    app = call.ws.app
    if call.text("bot", app.bot_id) != app.bot_id:
        raise SlackError("bot_not_found")
    bot = {"id": app.bot_id, "app_id": app.id, "user_id": app.user_id, "name": app.name}
    return {"bot": {**bot, "icons": {}, "deleted": False, "updated": 0}}
