"""The web application: routes, API, MCP server, socket."""
