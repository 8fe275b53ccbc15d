"""Access to the page: allowed hosts, sign-in, request limits, response headers.

Each module is a piece of ASGI middleware or a part of one; ``AccessOptions.protect`` puts them in order.
"""
