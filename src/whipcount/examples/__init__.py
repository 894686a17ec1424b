"""From annotated articles to scored rows: pairs, splits, datasets on disk."""
