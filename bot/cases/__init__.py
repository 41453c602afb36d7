"""What a case is and what is allowed: pure rules, standard library only, time passed in."""
