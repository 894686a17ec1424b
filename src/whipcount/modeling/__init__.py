"""The model: one pass over a window answers for every sentence and ordered pair of actors in it."""
