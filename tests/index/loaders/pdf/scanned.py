"""Files of scanned pages, made here: a page with text drawn by PDFium is kept as a picture alone."""

import io
from collections.abc import Callable

import pypdfium2
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

Draw = Callable[[Canvas], None]
SIZE = (400, 600)  # points
RULES = (
    ("Water Rules", 140, 16),
    ("Chapter 1 General", 140, 12),
    ("Article 1 The council shall keep all wells of the town", 40, 12),
    ("clean, and report on them every year.", 40, 12),
    ("Article 2 Springs and rivers are protected.", 40, 12),
)


def rules(canvas: Canvas) -> None:
    """Draw the page that most tests read."""
    for at, (text, left, size) in enumerate(RULES):
        canvas.setFont("Helvetica", size)
        canvas.drawString(left, 540 - 30 * at, text)


def written(*pages: Draw) -> bytes:
    """Return a PDF file with a text layer."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=SIZE)
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def picture(draw: Draw, dpi: int = 200) -> Image.Image:
    """Return a page as a picture."""
    document = pypdfium2.PdfDocument(written(draw))
    page = document[0]
    found: Image.Image = page.render(scale=dpi / 72).to_pil().convert("RGB")
    page.close()
    document.close()
    return found


def scan(*pages: Image.Image, dpi: int = 200) -> bytes:
    """Return a PDF file of pictures."""
    target = io.BytesIO()
    pages[0].save(target, "PDF", resolution=dpi, save_all=True, append_images=pages[1:])
    return target.getvalue()


def covered(image: Image.Image, *more: Draw) -> Draw:
    """Return a drawing of a picture over a whole page, with more on it."""

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(image), 0, 0, *SIZE)
        for each in more:
            each(canvas)

    return draw
