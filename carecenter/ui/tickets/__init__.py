"""The page of an agent's own tickets, and of any ticket a caller asks for by its reference."""
