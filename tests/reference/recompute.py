"""Recomputes every result of a stored sweep from its PNG files, independent of the project's code.

    /usr/bin/python3 tests/reference/recompute.py STORE [SWEEP]     SWEEP: the beginning of its id; all sweeps otherwise

Prints the largest differences of the metrics that need no weights; exits with 1 where one is above its limit, or where there is no result.
"""
import json
import math
import pathlib
import sys

import needs

needs.modules("numpy", "PIL")

import metrics

LIMITS = {"psnr": 0.01, "ssim": 0.001, "ssim-y": 0.001, "psnr-y": 0.01, "auc": 0.01}


def belongs(spec, plan):
    return (
        spec["generatorId"] == plan["generatorId"]
        and spec["task"] == plan["task"]
        and spec["seed"] == plan["seed"]
        and spec["imageId"] in {image["id"] for image in plan["images"]}
        and any(cell["method"] == spec["method"] and cell["settings"] == spec["settings"] for cell in plan["cells"])
    )


def difference(stored, computed):
    stored = float(stored)
    if stored == computed:
        return 0.0
    return abs(stored - computed) if math.isfinite(stored) and math.isfinite(computed) else float("inf")


def main(store, sweep=""):
    plans = [json.loads(path.read_text()) for path in sorted(store.glob(f"sweeps/{sweep}*/plan.json"))]
    largest, count = dict.fromkeys(LIMITS, 0.0), 0
    for path in sorted(store.glob("jobs/*/result.json")):
        result = json.loads(path.read_text())
        spec = result["spec"]
        if not any(belongs(spec, plan) for plan in plans):
            continue
        reference = metrics.load(store / "images" / f"{spec['imageId']}.png")
        image = metrics.load(path.parent / "reconstruction.png")
        computed = metrics.all_of(reference, image)
        count += 1
        for name, value in computed.items():
            if name in result["metrics"]:  # results of earlier versions lack some
                largest[name] = max(largest[name], difference(result["metrics"][name], value))
    print(f"{count} results of {len(plans)} sweeps: largest difference " + ", ".join(f"{name} {value:.2e}" for name, value in largest.items()))
    return 0 if count and all(largest[name] <= limit for name, limit in LIMITS.items()) else 1


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or not pathlib.Path(sys.argv[1]).is_dir():
        sys.exit("error: name the folder of a store, and the beginning of a sweep's id or nothing: recompute.py STORE [SWEEP].")
    sys.exit(main(pathlib.Path(sys.argv[1]), *sys.argv[2:]))
