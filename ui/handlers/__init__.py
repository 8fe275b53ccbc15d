"""Handlers of the page: plain functions from arguments to JSON with HTML in it, without Gradio."""
