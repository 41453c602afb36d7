"""Files as customers and worse people send them, made when they are needed."""

import base64
import io
import struct
import zlib

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject, TextStringObject

MAKER, GPS, ORIENTATION = 0x010F, 0x8825, 0x0112
WHERE = (47.0, 22.0, 31.5)  # degrees, minutes, seconds: somewhere no shop needs to know of
CAMERA = "Pocketlens 9"


def photo(width: int = 640, height: int = 480, colour: str = "#b5523b", kind: str = "JPEG", orientation: int = 1) -> bytes:
    """A picture with a white corner at its top left, a camera and a place in it."""
    image = Image.new("RGB", (width, height), colour)
    image.paste("white", (0, 0, width // 4, height // 4))
    exif = Image.Exif()
    exif[MAKER], exif[ORIENTATION] = CAMERA, orientation
    exif.get_ifd(GPS).update({1: "N", 2: WHERE, 3: "E", 4: WHERE})
    out = io.BytesIO()
    image.save(out, kind, exif=exif, **({"comment": b"taken at home"} if kind == "JPEG" else {}))
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of 6 KB that says it is 50,000 by 50,000 pixels."""
    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 2_000_000, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


def pdf(pages: int = 1, password: str | None = None) -> bytes:
    """A PDF that shows a photo, runs a script when it is opened, holds a program, and names its author."""
    writer = PdfWriter()
    picture = DecodedStreamObject()
    picture._data = photo(80, 60)
    picture.update(
        {NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Image"), NameObject("/Width"): NumberObject(80),
         NameObject("/Height"): NumberObject(60), NameObject("/BitsPerComponent"): NumberObject(8),
         NameObject("/ColorSpace"): NameObject("/DeviceRGB"), NameObject("/Filter"): NameObject("/DCTDecode")}
    )  # fmt: skip
    for _ in range(pages):
        page = writer.add_blank_page(200, 200)
        content = DecodedStreamObject()
        content.set_data(b"q 80 0 0 60 20 20 cm /Photo Do Q")
        page[NameObject("/Contents")] = writer._add_object(content)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/XObject"): DictionaryObject({NameObject("/Photo"): writer._add_object(picture)})}
        )
        action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('page')")}
        page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): DictionaryObject(action)})
        link = {NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Link"),
                NameObject("/Rect"): ArrayObject(map(NumberObject, (0, 0, 9, 9))), NameObject("/A"): DictionaryObject(action)}  # fmt: skip
        page[NameObject("/Annots")] = ArrayObject([DictionaryObject(link)])
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('open')")}
    writer._root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    writer.add_attachment("setup.exe", b"MZ not wanted")
    writer.add_metadata({"/Author": "Nina Brandt"})
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


# photo(64, 48) as an iPhone would write it, made with libheif's encoder; what is installed here can only read.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAeFtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5waXRtAAAA"
    "AAACAAAAEGlkYXQAAAAAAEAAMAAAAExpbG9jAQAAAERAAAMAAQAAAAAAAAIFAAEAAAAAAAAARQACAAEAAAAAAAAAAQAAAAAAAAAIAAMAAAAAAAAC"
    "SgABAAAAAAAAAKoAAABNaWluZgAAAAAAAwAAABVpbmZlAgAAAQABAABodmMxAAAAABVpbmZlAgAAAAACAABncmlkAAAAABVpbmZlAgAAAQADAABF"
    "eGlmAAAAANVpcHJwAAAAs2lwY28AAABzaHZjQwEDcAAAAAAAAAAAAB7wAPz9+PgAAA8DIAABABhAAQwB//8DcAAAAwCQAAADAAADAB66AkAhAAEA"
    "J0IBAQNwAAADAJAAAAMAAAMAHqAggQWW6uSmubAgAAADACAAAAMAISIAAQAGRAHBc8CJAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAUaXNwZQAAAAAA"
    "AABAAAAAMAAAABBwaXhpAAAAAAMICAgAAAAaaXBtYQAAAAAAAAACAAECgQIAAgIDhAAAAChpcmVmAAAAAAAAAA5kaW1nAAIAAQABAAAADmNkc2MA"
    "AwABAAIAAAD3bWRhdAAAAEEoAa9Yk/uAR9dt8XM6mS//j6lCJ5497rO820gbNsT6gKB9GPK/4/z9mFiQimv/5vghvn8Wg6kzSh3nW967fWZ+XAAA"
    "AABNTQAqAAAACAADAQ8AAgAAAA0AAAAyARIAAwAAAAEABgAAiCUABAAAAAEAAABAAAAAAFBvY2tldGxlbnMgOQAAAAQAAQACAAAAAk4AAAAAAgAF"
    "AAAAAwAAAHYAAwACAAAAAkUAAAAABAAFAAAAAwAAAI4AAAAAAAAALwAAAAEAAAAWAAAAAQAAAD8AAAACAAAALwAAAAEAAAAWAAAAAQAAAD8AAAAC"
)
