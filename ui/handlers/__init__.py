"""Handlers of the page: plain functions, a module for each view."""
