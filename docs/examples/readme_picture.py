"""Put the demo's two main pictures side by side for the README: ``python docs/examples/readme_picture.py demo``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image

from services.campaign.wiring import open_service
from services.report.pictures.files import save_pictures

TARGET = Path(__file__).parents[1] / "_static" / "demo.png"
WIDTHS = (820, 780)
MARGIN = 30


def main() -> None:
    """Draw the campaign of a demo folder and write the picture, with few colours so that it stays small."""
    with open_service(Path(sys.argv[1]), environment={}) as opened, tempfile.TemporaryDirectory() as folder:
        (campaign,) = opened.service.campaigns()
        files = save_pictures(opened.service.state(campaign), Path(folder))
        drawn = [Image.open(file).convert("RGB") for file in files if file.suffix == ".png"]
    scaled = [
        picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
        for picture, width in zip(drawn, WIDTHS, strict=True)
    ]
    height = max(picture.height for picture in scaled)
    whole = Image.new("RGB", (sum(WIDTHS) + MARGIN, height), "white")
    left = 0
    for picture in scaled:
        whole.paste(picture, (left, (height - picture.height) // 2))
        left += picture.width + MARGIN
    whole.quantize(128, method=Image.Quantize.MAXCOVERAGE).save(TARGET, optimize=True)


if __name__ == "__main__":
    main()
