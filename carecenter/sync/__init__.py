"""The engine that moves operations up and rows down, and the transports it moves them by."""
