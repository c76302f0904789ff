"""An independent PyTorch version of the engine's forward passes and inversion losses.

usage: engine_reference.py GENERATOR DISCRIMINATOR CASE

CASE is a safetensors file with the tensors z, w, target, labels (one image) and the metadata task (forward | pmsfc | mganprior), split, steps,
learning_rate, weight_pace, beta2, weight. Prints JSON: for forward the images and the discriminator's features of the codes z, otherwise the losses of
each step, which are computed in double precision: Adam makes of a rounding of single precision more than 1e-3 within 50 steps.
Written from the equations: whole maps times a mask for each subspace, a sliding 4x4 kernel for layer 0, the optimizers of torch.optim.
"""
import json
import math
import struct
import sys

import needs

needs.modules("numpy", "torch")

import numpy as np
import torch
import torch.nn.functional as F


def load(path):
    with open(path, "rb") as file:
        content = file.read()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = np.frombuffer(content[8 + length + begin : 8 + length + end], dtype="<f4").reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.copy())
    return tensors, metadata


def pixel_norm(x):
    return x / torch.sqrt((x * x).mean(1, keepdim=True) + 1e-8)


def blocks(generator, x, first, end):
    for i in range(first, end):
        weight = generator[f"layer{i}.conv.weight"]
        x = pixel_norm(x)
        if i > 0 and i % 2 == 0:
            x = F.interpolate(x, scale_factor=2, mode="nearest")
        x = F.conv2d(x, weight, padding=3 if i == 0 else 1) * math.sqrt(2 / weight[0].numel())
        x = F.leaky_relu(x + generator[f"layer{i}.wscale.bias"].view(1, -1, 1, 1), 0.2)
    return x


def lower(generator, z, split):
    return blocks(generator, z[:, :, None, None], 0, split)


def upper(generator, features, split):
    layers = sum(name.startswith("layer") and name.endswith("weight") for name in generator)
    x = pixel_norm(blocks(generator, features, split, layers))
    name = f"output{layers // 2 - 1}"
    weight = generator[f"{name}.conv.weight"]
    return F.conv2d(x, weight) / math.sqrt(weight.shape[1]) + generator[f"{name}.wscale.bias"].view(1, -1, 1, 1)


def features(discriminator, images):
    def convolve(x, name, padding):
        weight = discriminator[f"{name}.weight"] * math.sqrt(2 / discriminator[f"{name}.weight"][0].numel())
        return F.leaky_relu(F.conv2d(x, weight, discriminator[f"{name}.bias"], padding=padding), 0.2)

    size = images.shape[-1]
    x = convolve(images, f"fromrgb.{size}", 0)
    for _ in range(3):
        x = F.avg_pool2d(convolve(convolve(x, f"conv0.{size}", 1), f"conv1.{size}", 1), 2)
        size //= 2
    return x


def compose_pmsfc(generator, z, w, labels, split):
    composed = 0
    for r in range(z.shape[0]):
        mask = (labels == r).to(z.dtype).view(1, -1, 1, 1)
        shares = torch.tanh(w)[:, :, None, None]
        quotient = (mask * lower(generator, z[r], split) * shares).sum(0, keepdim=True) / shares.sum(0, keepdim=True)
        composed = composed + quotient
    return composed


def compose_mganprior(generator, z, w, split):
    return (lower(generator, z, split) * w[:, :, None, None]).sum(0, keepdim=True) / z.shape[0]


def invert(generator, discriminator, case, settings):
    split = int(settings["split"])
    target = case["target"][None]
    z, w = case["z"].clone().requires_grad_(), case["w"].clone().requires_grad_()
    rates = [float(settings["learning_rate"]), float(settings["learning_rate"]) * float(settings["weight_pace"])]
    groups = [{"params": [tensor], "lr": rate} for tensor, rate in zip((z, w), rates)]
    step = torch.optim.Adam(groups, betas=(0.9, float(settings["beta2"]))) if settings["task"] == "pmsfc" else torch.optim.SGD(groups)
    losses, steps = [], int(settings["steps"])
    for iteration in range(steps):
        fall = max(0.0, iteration / steps - 0.8) / 0.2
        for group, rate in zip(step.param_groups, rates):
            group["lr"] = rate * 0.5 * (1 + math.cos(math.pi * fall))
        if settings["task"] == "pmsfc":
            composed = compose_pmsfc(generator, z, w, case["labels"], split)
        else:
            composed = compose_mganprior(generator, z, w, split)
        image = upper(generator, composed, split)
        loss = F.mse_loss(image, target) + float(settings["weight"]) * F.l1_loss(
            features(discriminator, image), features(discriminator, target))
        step.zero_grad()
        loss.backward()
        step.step()
        losses.append(loss.item())
    return losses


def main():
    torch.set_num_threads(2)
    generator, discriminator = load(sys.argv[1])[0], load(sys.argv[2])[0]
    case, settings = load(sys.argv[3])
    if settings["task"] == "forward":
        with torch.no_grad():
            images = upper(generator, lower(generator, case["z"], 1), 1)
            result = {"images": images.flatten().tolist(), "features": features(discriminator, images).flatten().tolist()}
    else:
        doubles = ({name: tensor.double() for name, tensor in tensors.items()} for tensors in (generator, discriminator, case))
        result = {"losses": invert(*doubles, settings)}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
