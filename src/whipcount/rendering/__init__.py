"""A report for the eyes: tables, figures, graphs."""
