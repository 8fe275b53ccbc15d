"""The Gradio page: wiring, rendering and words. No retrieval logic."""
