"""Made-up photographs: a plain scene with the words of what it should show."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw


def make_photo(random_: random.Random) -> bytes:
    """A small JPEG of a house front; no two are alike."""
    sky = (150 + random_.randrange(60), 180 + random_.randrange(50), 220)
    wall = (150 + random_.randrange(90), 130 + random_.randrange(80), 110 + random_.randrange(60))
    image = Image.new("RGB", (480, 360), sky)
    draw = ImageDraw.Draw(image)
    top = 80 + random_.randrange(60)
    draw.rectangle((60, top, 420, 320), fill=wall)
    for column in range(4):
        for row in range(2):
            left, upper = 85 + column * 85, top + 20 + row * 70
            shade = random_.choice(((70, 90, 120), (240, 220, 150)))
            draw.rectangle((left, upper, left + 45, upper + 45), fill=shade)
    door = 90 + random_.randrange(260)
    draw.rectangle((door, 240, door + 50, 320), fill=(90, 50, 40))
    draw.rectangle((0, 320, 480, 360), fill=(110, 110, 110))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=70)
    return buffer.getvalue()
