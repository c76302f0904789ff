"""NIQE by numpy alone, independent of the project's code. Filters are in single precision, as in BasicSR; moments in double.

    /usr/bin/python3 tests/reference/niqe.py PARAMETERS.npz IMAGE [gray]   ->   the number, of rgb2ycbcr's luma or of rgb2gray's
"""
import math
import sys
import warnings

import needs

needs.modules("numpy", "PIL")

import numpy as np
from PIL import Image

warnings.simplefilter("ignore")  # a plain block has no mean of either side
GRID = np.arange(0.2, 10.001, 0.001)
RHO = np.array([math.exp(2 * math.lgamma(2 / g) - math.lgamma(1 / g) - math.lgamma(3 / g)) for g in GRID])


def aggd(x):
    x = x.astype(np.float64)
    left, right = np.sqrt((x[x < 0] ** 2).mean()), np.sqrt((x[x > 0] ** 2).mean())
    g = left / right
    r = np.abs(x).mean() ** 2 / (x**2).mean() * (g**3 + 1) * (g + 1) / (g**2 + 1) ** 2
    alpha = GRID[np.argmin((RHO - r) ** 2)]
    c = math.sqrt(math.gamma(1 / alpha) / math.gamma(3 / alpha))
    return alpha, left * c, right * c


def block_features(b):
    alpha, left, right = aggd(b)
    out = [alpha, (left + right) / 2]
    for shift in ((0, 1), (1, 0), (1, 1), (1, -1)):
        alpha, left, right = aggd(b * np.roll(b, shift, axis=(0, 1)))
        out += [alpha, (right - left) * math.gamma(2 / alpha) / math.gamma(1 / alpha), left, right]
    return out


def smooth(x, window):
    """Sums of double precision, rounded to single."""
    padded = np.pad(x, 3, mode="edge").astype(np.float64)
    total = sum(window[6 - i, 6 - j] * padded[i : i + x.shape[0], j : j + x.shape[1]] for i in range(7) for j in range(7))
    return total.astype(np.float32)


def features(x, window, size):
    mean = smooth(x, window)
    x = (x - mean) / (np.sqrt(np.abs(smooth(x * x, window) - mean * mean)) + np.float32(1))
    return np.array([block_features(x[i : i + size, j : j + size]) for j in range(0, x.shape[1], size) for i in range(0, x.shape[0], size)])


def halved(x):
    """Every second row of MATLAB's imresize by one half, edges mirrored, in single precision and from the first tap to the last."""
    taps = [np.float32((0.75 * d**3 - 1.25 * d**2 + 0.5) if d <= 1 else (-0.25 * d**3 + 1.25 * d**2 - 2 * d + 1)) for d in np.abs(np.arange(-1.75, 2, 0.5))]
    mirrored = np.concatenate([x[2::-1], x, x[:-4:-1]])
    total = np.zeros((len(x) // 2, x.shape[1]), np.float32)
    for k, tap in enumerate(taps):
        total += tap * mirrored[k : k + len(x) : 2]
    return total


def luma(rgb, which):
    if which == "gray":
        return np.round(rgb @ np.array([0.298936021293775, 0.587043074451121, 0.114020904255103])).astype(np.float32)
    share = (rgb.astype(np.float32) / np.float32(255)).astype(np.float64) @ np.array([65.481, 128.553, 24.966])
    return np.round(((share + 16) / 255).astype(np.float32) * np.float32(255))


if __name__ == "__main__":
    parameters = np.load(sys.argv[1])
    window = parameters["gaussian_window"]
    rgb = np.asarray(Image.open(sys.argv[2]).convert("RGB")).astype(np.float64)
    y = luma(rgb, *sys.argv[3:] or ["y"])
    y = y[: y.shape[0] // 96 * 96, : y.shape[1] // 96 * 96]
    half = halved(halved(y / np.float32(255)).T).T * np.float32(255)
    found = np.concatenate([features(y, window, 96), features(half, window, 48)], axis=1)
    d = parameters["mu_pris_param"][0] - np.nanmean(found, axis=0)
    covariance = np.cov(found[~np.isnan(found).any(axis=1)], rowvar=False)
    print(math.sqrt(d @ np.linalg.pinv((parameters["cov_pris_param"] + covariance) / 2) @ d))
