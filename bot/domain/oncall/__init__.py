"""On-call schedules: who is on call when, as functions of a schedule, its overrides and the time."""
