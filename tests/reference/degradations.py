"""What each task's P makes of one image, by numpy and torch.nn.functional, as JSON: name -> flat list of numbers."""
import json
import needs

needs.modules("numpy", "torch")

import numpy as np
import torch
import torch.nn.functional as F

SIDE = 16
c, y, x = np.meshgrid(np.arange(3), np.arange(SIDE), np.arange(SIDE), indexing="ij")
image = ((c * 131 + y * 17 + x * 29) % 101) / 50.5 - 1


def luma(values):
    return np.tensordot(np.array([0.299, 0.587, 0.114]), values, axes=1)


def resized(factor, **options):
    return F.interpolate(torch.from_numpy(image)[None], scale_factor=1 / factor, **options)[0].numpy()


def blocks(factor):
    return image.reshape(3, SIDE // factor, factor, SIDE // factor, factor).mean(axis=(2, 4))


def masked(rows, columns):
    kept = np.ones((SIDE, SIDE))
    kept[rows, columns] = 0
    return image * kept


def blurred(sigma):
    """The two-dimensional window slid over the image with its edges repeated."""
    reach = int(np.ceil(4 * sigma))
    offset = np.arange(-reach, reach + 1)
    window = np.exp(-(offset[:, None] ** 2 + offset[None, :] ** 2) / (2 * sigma**2))
    padded = np.pad(image, ((0, 0), (reach, reach), (reach, reach)), mode="edge")
    views = np.lib.stride_tricks.sliding_window_view(padded, window.shape, axis=(1, 2))
    return (views * (window / window.sum())).sum(axis=(3, 4))


estimate = image[:, ::-1, :] * 0.5
ycc = np.array([[0.299, 0.587, 0.114], [-0.168735892, -0.331264108, 0.5], [0.5, -0.418687589, -0.081312411]])
chroma = np.tensordot(ycc, estimate, axes=1)
chroma[0] = luma(image)
results = {
    "gray": np.broadcast_to(luma(image), image.shape),
    "completed": np.tensordot(np.linalg.inv(ycc), chroma, axes=1),
    "bilinear-2": resized(2, mode="bilinear", align_corners=False),
    "bilinear-4": resized(4, mode="bilinear", align_corners=False),
    "bilinear-16": resized(16, mode="bilinear", align_corners=False),
    "area-4": blocks(4),
    "center": masked(slice(4, 12), slice(4, 12)),
    "left-half": masked(slice(None), slice(0, 8)),
    "blur-2": blurred(2.0),
    "blur-0.7": blurred(0.7),
}
print(json.dumps({name: np.ascontiguousarray(values).ravel().tolist() for name, values in results.items()}))
