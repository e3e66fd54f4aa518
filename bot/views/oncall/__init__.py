"""On-call schedules: overrides, cover and swaps, and what is told of them."""
