"""Kills the four processes at random under load, with a shop that fails, hangs and answers twice; then counts everything."""
