"""The settings: this screen, this account, this computer's accounts, backups, what needs attention."""
