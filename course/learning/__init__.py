"""The learner's side: the board, hints, progress and the local site."""
