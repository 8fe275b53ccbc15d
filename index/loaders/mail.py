"""Loader for e-mail messages and web archives (eml, mht, mhtml): their page or their text."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart

from index.errors import DocumentError
from index.loaders import text
from index.loaders.html.reader import load as load_html
from index.loaders.source import SourceText, strip_blank

_ATTACHMENT = "the attachment {name} is not read; index it as a separate file"


def load(data: bytes, name: str) -> SourceText:
    """Read the HTML part of a message, else its plain text; attachments are remarked, not read.

    Raises DocumentError for a message without text.
    """
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    part = message.get_body(preferencelist=("html", "plain")) or _first_text(message)
    if part is None:
        raise DocumentError(f"{name} holds no text, only attachments or pictures; save the attachments and index them")
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes) or not content.strip():
        raise DocumentError(f"{name} is empty; give a document with text in it")
    content = _as_utf_8(content, part)
    source = load_html(content, name) if part.get_content_type() == "text/html" else text.load(content, name)
    metadata = {**_metadata(message), **source.metadata}
    return replace(source, metadata=metadata, remarks=(*source.remarks, *_attachments(message)))


def _first_text(message: EmailMessage) -> MIMEPart | None:
    """Return the first part with text, for messages of unusual structure."""
    parts = [part for part in message.walk() if part.get_content_type() in ("text/html", "text/plain")]
    return next((part for part in parts if isinstance(part, MIMEPart) and not part.is_attachment()), None)


def _as_utf_8(content: bytes, part: MIMEPart) -> bytes:
    """Return the content as UTF-8 if the encoding in its header is right; else unchanged, for detection."""
    charset = part.get_content_charset()
    if charset is None:
        return content
    try:
        return b"\xef\xbb\xbf" + content.decode(charset).removeprefix("\ufeff").encode()
    except (LookupError, UnicodeError):
        return content


def _metadata(message: EmailMessage) -> dict[str, str]:
    found = {"title": message.get("subject"), "author": message.get("from"), "date": message.get("date")}
    return {
        key: plain for key, value in found.items() if value and (plain := strip_blank(" ".join(str(value).split())))
    }


def _attachments(message: EmailMessage) -> Iterator[str]:
    for part in message.walk():
        if isinstance(part, MIMEPart) and part.is_attachment():
            yield _ATTACHMENT.format(name=part.get_filename() or "without a name")
