"""How the bot is: probes, metrics, the watchdog, the log."""
