"""Raw text becomes an article: its sentences, its roster, who is named and quoted where."""
