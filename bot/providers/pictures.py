"""Pictures written anew: upright, of a useful size, and with nothing in them but pixels."""

import io
import warnings

from pi_heif import register_heif_opener
from PIL import Image, ImageCms, ImageOps

from bot.cases.attachment import LARGEST, LONGEST_SIDE, MOST_PIXELS
from bot.errors import FileRefused
from bot.ports import Remade

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
LARGEST_PNG = 2 * 1024 * 1024  # bytes; a photo kept as PNG is several times as large as it need be
QUALITY = 85


def remade_picture(raw: bytes) -> Remade:
    """As JPEG, or as PNG where it was one and stays small: screenshots stay sharp. Raises FileRefused."""
    warnings.simplefilter("ignore")  # Pillow warns of sizes that are refused here anyway
    register_heif_opener(thumbnails=False)
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise FileRefused("too_many_pixels")
            was_png = opened.format == "PNG"
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is unpacked no larger than needed
            upright = ImageOps.exif_transpose(opened)
            pixels = _pixels(upright)
    except Image.DecompressionBombError as error:
        raise FileRefused("too_many_pixels") from error
    except MemoryError as error:
        raise FileRefused("too_hard") from error
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise FileRefused("broken") from error  # what decoders raise on a picture that is cut off or was never one
    return _written(pixels, was_png)


def _pixels(image: Image.Image) -> Image.Image:
    """The bare pixels, in the colours that every screen shows: on a new canvas, so that no comment or profile comes along."""
    image.load()
    image = _in_srgb(image)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        bare = Image.new("RGB", image.size, "white")
        bare.paste(image, mask=image.getchannel("A"))
        return bare
    bare = Image.new("RGB", image.size)
    bare.paste(image.convert("RGB"))
    return bare


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "L", "CMYK"):
        return image
    try:
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), srgb, outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a profile that cannot be read: the colours are as near as they can be


def _written(pixels: Image.Image, was_png: bool) -> Remade:
    for kind in ("PNG", "JPEG") if was_png else ("JPEG",):
        out = io.BytesIO()
        pixels.save(out, kind, optimize=True, quality=QUALITY) if kind == "JPEG" else pixels.save(out, kind)
        if out.tell() <= (LARGEST_PNG if kind == "PNG" else LARGEST):
            return Remade(out.getvalue(), f"image/{kind.lower()}", pixels.width, pixels.height)
    raise FileRefused("too_large")
