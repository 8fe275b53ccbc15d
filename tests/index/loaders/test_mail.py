"""E-mail messages and web archives."""

from email.message import EmailMessage

import pytest

from index.errors import DocumentError
from index.loaders import load
from tests.index.loaders.test_formats import texts


def message(html: str = "", plain: str = "") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "古井保护 条例", "office@example.org"
    mail.set_content(plain or "第一条 见网页。")
    if html:
        mail.add_alternative(html, subtype="html", charset="gb18030")
    return mail


@pytest.mark.parametrize("name", ["x.eml", "x.mht", "x.mhtml"])
def test_the_page_of_a_message_is_read_and_its_attachments_are_remarked(name: str) -> None:
    mail = message("<h1>古井保护条例</h1><p>第一条 保护古井。</p>")
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="附件.pdf")
    source = load(bytes(mail), name)
    assert texts(source) == ["古井保护条例", "第一条 保护古井。"]
    assert source.metadata == {"title": "古井保护 条例", "author": "office@example.org"}
    assert source.remarks == ("the attachment 附件.pdf is not read; index it as a separate file",)


def test_a_message_without_a_page_gives_its_text() -> None:
    assert texts(load(bytes(message(plain="第一条 保护古井。\n第二条 完。")), "x.eml")) == [
        "第一条 保护古井。",
        "第二条 完。",
    ]


def test_a_message_without_text_is_refused() -> None:
    mail = EmailMessage()
    mail.add_attachment(b"data", maintype="image", subtype="png", filename="a.png")
    with pytest.raises(DocumentError, match="holds no text, only attachments"):
        load(bytes(mail), "x.eml")
