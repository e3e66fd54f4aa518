"""What is learnt from an incident: what its review asks for, and the document."""
