"""What can be done with a case: one function per deed, the shop and the time passed in."""
