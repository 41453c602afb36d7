"""PDFs written anew: their pages as they look, without anything that runs, hides or leads elsewhere."""

import io
import logging
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from bot.cases.attachment import LARGEST, MOST_PAGES
from bot.errors import FileRefused
from bot.ports import Remade

# A page is what it shows; all else on it goes, such as actions, article threads and a program's private data (ISO 32000-1, 7.7.3.3).
OF_A_PAGE = ("/Type /Resources /MediaBox /CropBox /BleedBox /TrimBox /ArtBox /Rotate /Contents /Annots /UserUnit /Group /Parent").split()
# Below it these run or open something, are files within the file, or tell who made it where and with what (7.11, 12.6, 13, 14.3).
NEVER = (
    "/AF /EF /EmbeddedFile /EmbeddedFiles /JS /JavaScript /Launch /LastModified /Metadata /OpenAction /PieceInfo /RichMediaContent "
    "/RichMediaSettings /URI /XFA"
).split()
# Annotations that are part of how a page looks, such as a form's filled-in fields; links, attachments, films and sounds go.
SEEN = ("/Widget", "/FreeText", "/Highlight", "/Underline", "/StrikeOut", "/Ink", "/Stamp", "/Line", "/Square", "/Circle", "/Polygon")
OF_AN_ANNOTATION = ("/Rect", "/AP", "/AS", "/F")
KEPT_MARKERS = (0xE0, 0xEE)  # of a JPEG: JFIF, and how Adobe's colours are coded


def remade_pdf(raw: bytes) -> Remade:
    """The same pages. Raises FileRefused."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(raw), strict=False)
        if reader.is_encrypted:
            raise FileRefused("pdf_locked")
        count = len(reader.pages)
        if not count:
            raise FileRefused("pdf_broken")
        if count > MOST_PAGES:
            raise FileRefused("pdf_too_long")
        content = _written(reader)
    except (MemoryError, RecursionError) as error:
        raise FileRefused("too_hard") from error
    except (PyPdfError, OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError, NotImplementedError) as error:
        raise FileRefused("pdf_broken") from error
    if len(content) > LARGEST:
        raise FileRefused("too_large")
    return Remade(content, "application/pdf")


def _written(reader: PdfReader) -> bytes:
    writer = PdfWriter()
    for page in reader.pages:
        for name in [one for one in page if one not in OF_A_PAGE]:
            del page[name]
        _keep_seen(page)
        _strip(page)
        writer.add_page(page)
    writer.metadata = None
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _keep_seen(page: DictionaryObject) -> None:
    """Leaves of the annotations how they look: each becomes a stamp, which no reader does anything with."""
    kept = ArrayObject()
    for one in page.pop("/Annots", None) or ():
        annotation = one.get_object()
        if annotation.get("/Subtype") not in SEEN or "/AP" not in annotation:
            continue
        stamp = DictionaryObject({NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Stamp")})
        stamp.update({NameObject(name): annotation.raw_get(name) for name in OF_AN_ANNOTATION if name in annotation})
        kept.append(stamp)
    if kept:
        page[NameObject("/Annots")] = kept


def _strip(page: DictionaryObject) -> None:
    """Takes away what must not be, from all that the page is made of."""
    todo: list[Any] = [page]
    done: set[int] = set()
    while todo:
        found = todo.pop()
        found = found.get_object() if isinstance(found, IndirectObject) else found
        if found is None or id(found) in done:
            continue
        done.add(id(found))
        if isinstance(found, DictionaryObject):
            for name in [one for one in found if one in NEVER]:
                del found[name]
            if isinstance(found, StreamObject) and found.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
                found._data = without_markers(found._data)
            todo += [found.raw_get(name) for name in found if name != "/Parent"]
        elif isinstance(found, ArrayObject):
            todo += list(found)


def without_markers(jpeg: bytes) -> bytes:
    """A JPEG without its EXIF, comments and other application data: a photo in a PDF tells where it was taken, too."""
    kept, at = [jpeg[:2]], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        marker, end = jpeg[at + 1], at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in KEPT_MARKERS:
            kept.append(jpeg[at:end])
        at = end
    return b"".join([*kept, jpeg[at:]])
