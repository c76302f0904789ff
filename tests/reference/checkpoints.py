"""Writes one state dict in every file format that PyTorch, pickle and numpy have for it, and small ones with the names of known networks.

usage: checkpoints.py FOLDER

Element i of a tensor is a small multiple of 1/8 (a whole number in tensors of integers), so that every type holds it exactly. Prints the names of the
files and the expected elements of each tensor as JSON.
"""
import collections
import json
import math
import os
import pickle
import sys

import needs

needs.modules("numpy", "torch")

import numpy as np
import torch


class Config:
    """What pytorch_GAN_zoo puts beside its tensors: an object of a class of its own."""

    def __init__(self):
        self.depth = [512, 256]
        self.inner = {"rate": 0.001}


def values(count, whole=False):
    steps = np.array([(i * 37 + 11) % 101 - 50 for i in range(count)], dtype=np.float64)
    return steps if whole else steps / 8


def tensors():
    state = collections.OrderedDict()
    for name in ("float32", "float64", "float16", "bfloat16"):
        state[f"a.{name}"] = torch.tensor(values(24)).reshape(2, 3, 4).to(getattr(torch, name))
    for name in ("int64", "int32", "int16", "int8"):
        state[f"a.{name}"] = torch.tensor(values(6, whole=True)).reshape(3, 2).to(getattr(torch, name))
    state["uint8"] = torch.tensor([0, 1, 255], dtype=torch.uint8)
    state["bool"] = torch.tensor([True, False])
    state["scalar"] = torch.tensor(2.5)
    state["empty"] = torch.zeros(0, 3)
    base = torch.tensor(values(40), dtype=torch.float32).reshape(5, 8)
    state["transposed"] = base.t()
    state["view"] = base[1:4, 2:7:2]
    state["flipped.axes"] = base.reshape(5, 2, 4).permute(2, 0, 1)
    state["parameter"] = torch.nn.Parameter(torch.tensor(values(4), dtype=torch.float32))
    return state


def arrays():
    state = collections.OrderedDict()
    for name in ("float32", "float64", "float16", "int32"):
        state[f"8x8/{name}"] = values(24, whole=True).reshape(2, 3, 4).astype(name)
    state["fortran"] = np.asfortranarray(values(12).reshape(3, 4).astype(np.float32))
    state["scalar"] = np.float32(1.5)
    state["zero-dimensional"] = np.array(3, dtype=np.float32)
    return state


def main():
    folder = sys.argv[1]
    files = {}

    def write(name, place, expected, save):
        save(os.path.join(folder, name))
        files[name] = {
            "place": place,
            "tensors": {
                key: {"shape": list(value.shape), "values": [float(x) for x in value.detach().reshape(-1).tolist()]}
                for key, value in ((k, torch.as_tensor(v)) for k, v in expected.items())
            },
        }

    state = tensors()
    for protocol in (2, 3, 4, 5):
        write(f"zip-{protocol}.pth", "", state, lambda path: torch.save(state, path, pickle_protocol=protocol))
        write(
            f"legacy-{protocol}.pth", "", state,
            lambda path: torch.save(state, path, pickle_protocol=protocol, _use_new_zipfile_serialization=False))
    nested = {"config": Config(), "epoch": 7, "losses": [0.5, 2.5e10, None, True, 1 << 70], "state_dict": state}
    write("nested-zip.pth", "state_dict", state, lambda path: torch.save(nested, path))
    write("nested-legacy.pth", "state_dict", state, lambda path: torch.save(nested, path, _use_new_zipfile_serialization=False))
    numpy_state = arrays()
    for protocol in range(6):
        def save(path):
            with open(path, "wb") as file:
                pickle.dump({"pairs": list(numpy_state.items()), "config": Config(), "set": {1, 2}, "text": "ä\n"}, file, protocol=protocol)
        write(f"numpy-{protocol}.pkl", "pairs", numpy_state, save)
    def small(names, *shape):
        return collections.OrderedDict((name, torch.tensor(values(math.prod(shape))).reshape(shape).float()) for name in names)

    def layers(*stems):
        return [f"features.{stem}.{kind}" for stem in stems for kind in ("weight", "bias")]

    fires = [f"{i}.{part}" for i in (3, 4, 6, 7, 9, 10, 11, 12) for part in ("squeeze", "expand1x1", "expand3x3")]
    for name, state, legacy in (
        ("vgg16.pth", small(layers(0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28) + ["classifier.0.weight"], 2, 2, 3, 3), False),
        ("alexnet.pth", small(layers(0, 3, 6, 8, 10), 2, 2, 3, 3), True),
        ("squeezenet1_1.pth", small(layers(0, *fires), 2, 2, 1, 1), False),
        ("lpips.pth", small([f"lin{k}.model.1.weight" for k in range(5)], 1, 64, 1, 1), False),
        ("lpips-legacy.pth", small([f"lin{k}.model.1.weight" for k in range(5)], 1, 64, 1, 1), True),
    ):
        write(name, "", state, lambda path: torch.save(state, path, _use_new_zipfile_serialization=not legacy))
    print(json.dumps(files))


if __name__ == "__main__":
    main()
