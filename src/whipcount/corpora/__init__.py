"""One reader per corpus: native files become Articles with rosters and gold stances."""
