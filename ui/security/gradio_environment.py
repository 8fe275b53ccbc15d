"""Gradio takes many settings from the environment; none of them reaches it here."""

import os

_PREFIX = "GRADIO_"
# Others by which Gradio believes that it runs in its makers' cloud, or signs visitors in with them.
_OTHERS = ("SYSTEM", "SPACE_ID", "SPACE_HOST", "SPACE_AUTHOR_NAME", "SPACES_ZERO_GPU", "OAUTH_CLIENT_ID")


def forget_gradio() -> None:
    """Take Gradio's variables out of this process's environment: what it is to do, it is told by arguments."""
    for name in [name for name in os.environ if name.startswith(_PREFIX) or name in _OTHERS]:
        del os.environ[name]
