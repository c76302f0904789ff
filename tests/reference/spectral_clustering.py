"""Spectral clustering after Ng, Jordan and Weiss (2002), in numpy.

Reads {"affinity": [[...]], "clusters": R} from standard input and prints the Gram matrix of the embedded points, which does not depend on the
eigenvectors' signs, and the best of 200 runs of k-means with centres drawn uniformly from the points.
"""
import json
import sys

import needs

needs.modules("numpy")

import numpy as np

case = json.load(sys.stdin)
affinity = np.array(case["affinity"])
clusters = case["clusters"]

root = np.diag(affinity.sum(1) ** -0.5)
values, vectors = np.linalg.eigh(root @ affinity @ root)
points = vectors[:, np.argsort(values)[::-1][:clusters]]
points = points / np.linalg.norm(points, axis=1, keepdims=True)

random = np.random.default_rng(0)
best_inertia, best_labels = np.inf, None
for _ in range(200):
    centres = points[random.choice(len(points), clusters, replace=False)]
    for _ in range(100):
        labels = ((points[:, None] - centres[None]) ** 2).sum(2).argmin(1)
        moved = np.array([points[labels == k].mean(0) if (labels == k).any() else centres[k] for k in range(clusters)])
        if np.array_equal(moved, centres):
            break
        centres = moved
    inertia = ((points - centres[labels]) ** 2).sum()
    if inertia < best_inertia:
        best_inertia, best_labels = inertia, labels

json.dump({"gram": (points @ points.T).tolist(), "labels": best_labels.tolist(), "inertia": float(best_inertia)}, sys.stdout)
