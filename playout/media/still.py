"""Still pictures: opened with limits, turned upright, scaled to exactly the size asked for."""

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from playout.errors import ContentError
from playout.model.frame import Pixels, Size
from playout.model.notice import Fit

__all__ = ["MAX_PIXELS", "decode"]

MAX_PIXELS = 120_000_000
"""Largest picture that is opened at all; a decompression bomb claims more."""
_FORMATS = ("PNG", "JPEG", "WEBP", "BMP")


def decode(path: Path, size: Size, fit: Fit) -> Pixels:
    """The picture as RGB, `height x width x 3`, transparent parts on black. Raises: ContentError."""
    with _open(path) as image:
        try:
            image.draft("RGB", (size.width * 2, size.height * 2))  # JPEG: let the decoder do the coarse scaling
            upright = ImageOps.exif_transpose(image)
            flat = _on_black(upright) if upright.has_transparency_data else upright.convert("RGB")
        except Exception as error:  # Pillow's decoders raise whatever a damaged file makes them stumble over
            raise ContentError(f"{path.name}: damaged: {error}", hint="supply the picture again") from error
    want = (size.width, size.height)
    match fit:
        case Fit.COVER:
            scaled = ImageOps.fit(flat, want, Image.Resampling.LANCZOS)
        case Fit.CONTAIN:
            scaled = ImageOps.pad(flat, want, Image.Resampling.LANCZOS, color=(0, 0, 0))
    return np.asarray(scaled, np.uint8)


def _on_black(image: Image.Image) -> Image.Image:
    return Image.alpha_composite(Image.new("RGBA", image.size, (0, 0, 0, 255)), image.convert("RGBA")).convert("RGB")


def _open(path: Path) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(path, formats=_FORMATS)
    except FileNotFoundError as error:
        raise ContentError(f"{path.name}: not in the media store", hint="import the schedules again") from error
    except Exception as error:  # as in `decode`; also Pillow's warning about pictures that are too large
        raise ContentError(
            f"{path.name}: not a picture that can be shown: {error}", hint="supply a PNG, JPEG, WebP or BMP file"
        ) from error
    if image.width * image.height > MAX_PIXELS:
        image.close()
        raise ContentError(
            f"{path.name}: {image.width} x {image.height} pixels are too many", hint="supply a smaller picture"
        )
    return image
