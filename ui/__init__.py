"""The Gradio page: wiring, rendering and words. No retrieval logic."""

from ui.security.gradio_environment import forget_gradio

forget_gradio()  # before Gradio is imported: it reads some of its variables then
