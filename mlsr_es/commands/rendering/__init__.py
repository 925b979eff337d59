"""From results to text: tables, JSON, progress, and what a run did."""
