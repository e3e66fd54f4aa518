"""The status page that customers read."""
