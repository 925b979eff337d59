"""Loads that fail on the way: what is stored afterwards is what a load in peace stores, and figures say so."""
