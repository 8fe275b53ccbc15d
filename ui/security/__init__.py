"""What stands before the page: who may speak to it, under which name, through which doors, and what browsers are told.

Each module is one piece of ASGI middleware, or what it needs; ``ui/app/server.py`` puts them in their order.
"""
