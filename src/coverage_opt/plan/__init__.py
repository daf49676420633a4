"""Plans: their tables, how they are kept, and whether they are what they say."""
