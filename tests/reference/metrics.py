"""PSNR, SSIM and AuC by direct formulas, independent of the project's code.

    /usr/bin/python3 tests/reference/metrics.py REFERENCE IMAGE   ->   {"psnr": ..., "ssim": ..., "ssim-y": ..., "psnr-y": ..., "auc": ...}
"""
import json
import sys

import needs

needs.modules("numpy", "PIL")

import numpy as np
from PIL import Image

SIZE, SIGMA, C1, C2 = 11, 1.5, (0.01 * 255) ** 2, (0.03 * 255) ** 2


def load(path):
    return np.asarray(Image.open(path).convert("RGB")).astype(np.float64)


def psnr(a, b):
    mse = np.mean((a - b) ** 2)
    return float("inf") if mse == 0 else 10 * np.log10(255**2 / mse)


def ssim(a, b):
    """Every window's weighted moments about its own mean, by the two-dimensional window."""
    offset = np.arange(SIZE) - SIZE // 2
    window = np.exp(-(offset[:, None] ** 2 + offset[None, :] ** 2) / (2 * SIGMA**2))
    window /= window.sum()
    total, count = 0.0, 0
    for top in range(a.shape[0] - SIZE + 1):
        x = np.lib.stride_tricks.sliding_window_view(a[top : top + SIZE], SIZE, axis=1).transpose(1, 0, 2)
        y = np.lib.stride_tricks.sliding_window_view(b[top : top + SIZE], SIZE, axis=1).transpose(1, 0, 2)
        mx, my = (x * window).sum((1, 2)), (y * window).sum((1, 2))
        dx, dy = x - mx[:, None, None], y - my[:, None, None]
        vx, vy, cov = (window * dx * dx).sum((1, 2)), (window * dy * dy).sum((1, 2)), (window * dx * dy).sum((1, 2))
        values = (2 * mx * my + C1) * (2 * cov + C2) / ((mx**2 + my**2 + C1) * (vx + vy + C2))
        total, count = total + values.sum(), count + values.size
    return total / count


def luma(a):
    return np.round(a @ np.array([0.299, 0.587, 0.114]))


def studio_luma(a):
    return 16 + a / 255 @ np.array([65.481, 128.553, 24.966])


def ab(a):
    """a and b of CIELAB: sRGB, D65, white being (255, 255, 255)."""
    v = a / 255
    v = np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    xyz = (v @ matrix.T) / matrix.sum(axis=1)
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.stack([500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def auc(a, b):
    distance = np.sqrt(((ab(a) - ab(b)) ** 2).sum(-1))
    shares = [(distance <= t + 1e-9).mean() for t in range(151)]
    return float(np.trapz(shares) / 150 * 100)


def all_of(reference, image):
    """A measurement needs windows of 11 pixels; smaller images have no SSIM."""
    large = min(reference.shape[:2]) >= SIZE
    return {
        "psnr": psnr(reference, image),
        **({"ssim": float(np.mean([ssim(reference[..., c], image[..., c]) for c in range(3)])), "ssim-y": float(ssim(luma(reference), luma(image)))} if large else {}),
        "psnr-y": psnr(studio_luma(reference), studio_luma(image)),
        "auc": auc(reference, image),
    }


if __name__ == "__main__":
    print(json.dumps(all_of(load(sys.argv[1]), load(sys.argv[2]))))
