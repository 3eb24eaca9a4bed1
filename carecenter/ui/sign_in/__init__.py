"""Before the desk: first start, sign-in, recovery, the lock. Which store stands behind is not known here."""
