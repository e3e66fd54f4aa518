"""What people read in a browser: templates, and what fills them."""
