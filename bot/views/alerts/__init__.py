"""What people read of alerts."""
