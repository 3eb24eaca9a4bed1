"""What an agent sees and touches: Qt lives here, SQL never does; pages speak to the store through view
models.
"""
