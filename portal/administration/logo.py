"""An uploaded logo: looked at, drawn anew and made small. Nothing of the file itself is kept."""

from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

#: Bytes of the uploaded file, and width or height of what it shows in pixels.
MOST_BYTES, MOST_PIXELS = 1024 * 1024, 4000
#: What is kept fits in here: twice the size at which it is shown.
BOX = (320, 96)
FORMATS = ("PNG", "JPEG")


def drawn_anew(upload: "UploadedFile[Any]") -> bytes:
    """A PNG of at most BOX pixels, without anything but its pixels. Raises ValidationError.

    The type is that of the content, whatever name and header say. The size is known before the pixels are unpacked.
    """
    if (upload.size or 0) > MOST_BYTES:
        raise ValidationError(_("The file is larger than 1 MB. Make it smaller."))
    try:
        with Image.open(BytesIO(upload.read(MOST_BYTES + 1)), formats=FORMATS) as image:
            if max(image.size) > MOST_PIXELS:
                raise _too_many_pixels()
            image.draft("RGB", BOX)
            plain = image.convert("RGBA")
    except UnidentifiedImageError:
        raise ValidationError(_("This is no PNG or JPEG.")) from None
    # Of very many pixels Pillow warns, of more it refuses to know; both before it unpacks any.
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    # Pillow says in many ways that a file is broken.
    except (OSError, SyntaxError, ValueError, EOFError, OverflowError):
        raise ValidationError(_("This file cannot be read: it is damaged or cut off.")) from None
    plain.thumbnail(BOX)
    fresh = Image.new("RGBA", plain.size)
    fresh.paste(plain)
    kept = BytesIO()
    fresh.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _too_many_pixels() -> ValidationError:
    return ValidationError(_("The logo is larger than %(count)s pixels. Make it smaller.") % {"count": MOST_PIXELS})
