"""The look of Gradio's own parts: paper and ink by day, lamplight by night, and no fonts but the system's."""

from importlib.resources import files

import gradio as gr

SANS = (
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "sans-serif",
)

_STYLES = (
    "page.css",
    "cards.css",
    "text.css",
    "panels.css",
    "library.css",
    "basket.css",
    "batch.css",
    "relations.css",
    "coverage.css",
)

_COLOURS = {  # by day, by night; the style sheets use them, too, as --body-background-fill and so on
    "body_background_fill": ("#f6f2e9", "#1a1815"),
    "body_text_color": ("#29241d", "#ebe4d6"),
    "body_text_color_subdued": ("#655c4e", "#b3a894"),
    "background_fill_primary": ("#fffdf8", "#24211c"),
    "background_fill_secondary": ("#f1ebdd", "#2c2822"),
    "block_background_fill": ("#fffdf8", "#24211c"),
    "block_label_text_color": ("#655c4e", "#b3a894"),
    "block_title_text_color": ("#655c4e", "#b3a894"),
    "border_color_primary": ("#ddd3bf", "#413b31"),
    "border_color_accent": ("#8c3a2b", "#e5a08c"),
    "color_accent_soft": ("#f3e3d9", "#3d2a24"),
    "link_text_color": ("#8c3a2b", "#e5a08c"),
    "input_background_fill": ("#fffdf8", "#24211c"),
    "input_background_fill_focus": ("#fffdf8", "#24211c"),
    "input_border_color": ("#b8ab93", "#675e4f"),
    "input_border_color_focus": ("#8c3a2b", "#e5a08c"),
    "input_placeholder_color": ("#756b5b", "#a0957f"),
    "button_primary_background_fill": ("#8c3a2b", "#e5a08c"),
    "button_primary_background_fill_hover": ("#74301f", "#f0b5a4"),
    "button_primary_text_color": ("#fffdf8", "#241611"),
    "button_secondary_background_fill": ("#fffdf8", "#24211c"),
    "button_secondary_background_fill_hover": ("#f3e3d9", "#3d2a24"),
    "button_secondary_border_color": ("#ddd3bf", "#413b31"),
    "button_secondary_text_color": ("#29241d", "#ebe4d6"),
}


def theme() -> gr.themes.Base:
    """Gradio's plainest theme in our colours, each with its counterpart for dark mode."""
    pairs = {name: day for name, (day, _) in _COLOURS.items()}
    pairs |= {f"{name}_dark": night for name, (_, night) in _COLOURS.items()}
    base = gr.themes.Base(font=SANS, font_mono=("ui-monospace", "Consolas", "monospace"))
    return base.set(
        color_accent="#8c3a2b", block_shadow="none", block_shadow_dark="none", block_border_width="0px", **pairs
    )


def stylesheet() -> str:
    """The style of the page: the frame, the cards, the open text, the panels."""
    folder = files("ui").joinpath("static")
    return "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in _STYLES)
