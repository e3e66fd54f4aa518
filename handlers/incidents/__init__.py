"""An incident's life: declared, worked on, ended."""
