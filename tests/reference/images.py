"""Writes tests/PmSFC.Imaging.Tests/Files: small files in many formats, each beside the RGB bytes (.rgb) that Pillow decodes it to.

Run from the repository root: /usr/bin/python3 tests/reference/images.py
"""
import os
import needs

needs.modules("numpy", "PIL")

import numpy as np
from PIL import Image

FOLDER = os.path.join(os.path.dirname(__file__), "..", "PmSFC.Imaging.Tests", "Files")
WIDTH, HEIGHT = 24, 18

y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
rgb = np.stack([127 + 120 * np.sin(x / 5), 127 + 120 * np.cos(y / 4), 127 + 120 * np.sin((x + y) / 7)], -1).round().astype(np.uint8)
colour = Image.fromarray(rgb)
alpha = np.clip(x * 255 / (WIDTH - 1), 0, 255).round().astype(np.uint8)
translucent = Image.fromarray(np.dstack([rgb, alpha]))


def write(name, image, **options):
    path = os.path.join(FOLDER, name)
    image.save(path, **options)
    decoded = Image.open(path)
    if "A" in decoded.getbands():
        white = Image.new("RGBA", decoded.size, (255, 255, 255, 255))
        decoded = Image.alpha_composite(white, decoded.convert("RGBA"))
    decoded.convert("RGB").tobytes()
    with open(os.path.splitext(path)[0] + ".rgb", "wb") as raw:
        raw.write(decoded.convert("RGB").tobytes())


os.makedirs(FOLDER, exist_ok=True)
write("jpeg-colour.jpg", colour, quality=85)
write("jpeg-progressive.jpg", colour, quality=85, progressive=True)
write("jpeg-gray.jpg", colour.convert("L"), quality=85)
write("jpeg-cmyk.jpg", colour.convert("CMYK"), quality=85)
write("webp-lossless.webp", colour, lossless=True)
write("webp-lossy.webp", colour, quality=85)
write("webp-alpha.webp", translucent, lossless=True, exact=True)
write("bmp-colour.bmp", colour)
write("bmp-palette.bmp", colour.quantize(16))
write("png-colour.png", colour)
write("png-alpha.png", translucent)
write("png-gray.png", colour.convert("L"))
write("png-gray-alpha.png", translucent.convert("LA"))
write("png-palette.png", colour.quantize(16))
write("png-one-bit.png", colour.convert("1"))
