"""NIQE by numpy alone, independent of the project's code.

    /usr/bin/python3 tests/reference/niqe.py PARAMETERS.npz IMAGE   ->   the number
"""
import math
import sys

import needs

needs.modules("numpy", "PIL")

import numpy as np
from PIL import Image

GRID = np.arange(0.2, 10.001, 0.001)
RHO = np.array([math.exp(2 * math.lgamma(2 / g) - math.lgamma(1 / g) - math.lgamma(3 / g)) for g in GRID])


def aggd(x):
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
    padded = np.pad(x, 3, mode="edge")
    return sum(window[6 - i, 6 - j] * padded[i : i + x.shape[0], j : j + x.shape[1]] for i in range(7) for j in range(7))


def features(x, window, size):
    mean = smooth(x, window)
    x = (x - mean) / (np.sqrt(np.abs(smooth(x**2, window) - mean**2)) + 1)
    return np.array([block_features(x[i : i + size, j : j + size]) for j in range(0, x.shape[1], size) for i in range(0, x.shape[0], size)])


def halving(n):
    """The matrix of MATLAB's imresize by one half: for each place its whole row of weights over the mirrored samples."""
    def cubic(d):
        d = abs(d)
        return 1.5 * d**3 - 2.5 * d**2 + 1 if d <= 1 else -0.5 * d**3 + 2.5 * d**2 - 4 * d + 2 if d <= 2 else 0

    m = np.zeros((n // 2, n))
    for row in range(n // 2):
        centre = 2 * row + 0.5
        for sample in range(2 * row - 5, 2 * row + 7):
            mirrored = -1 - sample if sample < 0 else 2 * n - 1 - sample if sample >= n else sample
            m[row, mirrored] += cubic((sample - centre) / 2) / 2
        m[row] /= m[row].sum()
    return m


if __name__ == "__main__":
    parameters = np.load(sys.argv[1])
    window = parameters["gaussian_window"]
    rgb = np.asarray(Image.open(sys.argv[2]).convert("RGB")).astype(np.float64)
    y = np.round(rgb @ np.array([65.481, 128.553, 24.966]) / 255 + 16)
    y = y[: y.shape[0] // 96 * 96, : y.shape[1] // 96 * 96]
    half = halving(y.shape[0]) @ y @ halving(y.shape[1]).T
    found = np.concatenate([features(y, window, 96), features(half, window, 48)], axis=1)
    d = parameters["mu_pris_param"][0] - np.nanmean(found, axis=0)
    covariance = np.cov(found[~np.isnan(found).any(axis=1)], rowvar=False)
    print(math.sqrt(d @ np.linalg.pinv((parameters["cov_pris_param"] + covariance) / 2) @ d))
