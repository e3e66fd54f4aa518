"""What is learnt from incidents over a time: how long things took, how many there were, whom pages called."""
