"""The supervisor's page: the queues now, and what was done at this workstation's centre."""
