"""Work during an incident: updates, summary, actions."""
