"""A simulated year of a shop, for trying reports out: written as real customers and people would have written it."""
