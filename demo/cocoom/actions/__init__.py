"""What can be done in a base. Each action checks the actor's right, writes, and fires exactly one event hook.

Which hook belongs to which act: reference/cocoom.md 5.2 and 5.3.
"""
