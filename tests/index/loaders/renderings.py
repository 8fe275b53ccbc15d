"""The small law in every format, by file name."""

from collections.abc import Callable, Mapping

from tests.index.loaders import law_files, old_word, small_law

RENDERINGS: Mapping[str, Callable[[], bytes]] = {
    "law.txt": small_law.as_txt,
    "law.md": small_law.as_markdown,
    "law.html": small_law.as_html,
    "plain.docx": small_law.as_plain_docx,
    "styled.docx": small_law.as_styled_docx,
    "numbered.docx": small_law.as_numbered_docx,
    "law.pdf": small_law.as_pdf,
    "law.doc": old_word.as_doc,
    "law.wps": old_word.as_doc,
    "law.rtf": law_files.as_rtf,
    "bytes.rtf": law_files.as_rtf_in_gb18030,
    "law.odt": law_files.as_odt,
    "numbered.odt": law_files.as_numbered_odt,
    "law.epub": law_files.as_epub,
    "law.ofd": law_files.as_ofd,
    "law.xlsx": law_files.as_xlsx,
    "law.csv": law_files.as_csv,
    "law.pptx": law_files.as_pptx,
}
