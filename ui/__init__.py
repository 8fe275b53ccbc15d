"""The Gradio page: wiring, rendering and words. No retrieval logic."""

from ui.guard.environment import forget_gradio

forget_gradio()  # before Gradio is imported: it reads some of its variables then
