"""What people do in a browser: pages to values, one operation, an answer."""
