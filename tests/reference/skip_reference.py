"""An independent PyTorch version of deep image prior's search (Ulyanov, Vedaldi and Lempitsky 2018), in double precision.

    skip_reference.py CASE   ->   {"losses": of each step, before its update; "images": of the weights after the last step, without jitter}

CASE is a safetensors file with the network's first weights by name (convolutions [output, height, width, input]), its input `noise` and the `target`
[3, H, W] from -1 to 1, and the metadata scales, steps, learning_rate, jitter, upsampling, seed. The noise of a step is N(0, jitter²), drawn by PyTorch's
own CPU generator, seeded by SplitMix64 from the seed and the step's number.
"""
import json
import sys

import needs

needs.modules("torch", "numpy")

import torch
import torch.nn.functional as F

from engine_reference import load

MASK = (1 << 64) - 1


def mix(x):
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & MASK
    return x ^ (x >> 31)


def derive(seed, index):
    increment = 0x9E3779B97F4A7C15
    return mix((mix((seed + increment) & MASK) + (index + 1) * increment) & MASK)


def main(path):
    torch.set_num_threads(2)
    case, settings = load(path)
    case = {name: value.double() for name, value in case.items()}
    noise, target = case.pop("noise")[None], case.pop("target")[None]
    weights = {name: value.requires_grad_() for name, value in case.items()}
    scales, jitter = int(settings["scales"]), float(settings["jitter"])

    def convolve(name, x, stride=1):
        weight = weights[f"{name}.weight"].permute(0, 3, 1, 2)
        if weight.shape[2] > 1:
            x = F.pad(x, (1, 1, 1, 1), mode="reflect")
        return F.conv2d(x, weight, weights[f"{name}.bias"], stride=stride)

    def normalize(name, x):
        return F.batch_norm(x, None, None, weights[f"{name}.gain"], weights[f"{name}.shift"], training=True)

    def block(name, x, stride=1):
        return F.leaky_relu(normalize(name, convolve(name, x, stride)), 0.2)

    def pass_scale(scale, x):
        skip, deep = block(f"{scale}.skip", x), block(f"{scale}.deep", block(f"{scale}.down", x, 2))
        if scale + 1 < scales:
            deep = pass_scale(scale + 1, deep)
        mode = settings["upsampling"]
        deep = F.interpolate(deep, scale_factor=2, mode=mode, **({"align_corners": False} if mode == "bilinear" else {}))
        joined = normalize(f"{scale}.skip.join", torch.cat([skip, deep], 1))
        return block(f"{scale}.mix", block(f"{scale}.up", joined))

    def image(x):
        return convolve("out", pass_scale(0, x)).sigmoid() * 2 - 1

    optimizer = torch.optim.Adam(weights.values(), lr=float(settings["learning_rate"]))
    losses = []
    for step in range(int(settings["steps"])):
        random = torch.Generator().manual_seed(derive(int(settings["seed"]), step))
        moved = noise + jitter * torch.randn(*noise.shape, generator=random).double()
        loss = F.mse_loss(image(moved), target)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(json.dumps({"losses": losses, "images": image(noise).flatten().tolist()}))


if __name__ == "__main__":
    main(sys.argv[1])
