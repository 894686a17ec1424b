"""Who stands with whom in a news article: sentence by sentence, (speaker, target, stance)."""
