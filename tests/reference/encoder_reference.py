"""An independent PyTorch version of the encoder and of its training.

usage: encoder_reference.py GENERATOR CASE

CASE is a safetensors file with the encoder's first weights by name ({stage}.down, {stage}.same, code; .weight and .bias), the codes of each step
[steps, batch, latent], and the metadata iterations, learning_rate, code_weight, image_weight. Prints JSON: `codes`, the first encoder's codes of
the first step's samples, and `terms`, the code's and the image's loss of each step.
"""
import json
import math
import sys

import needs

needs.modules("torch", "numpy")

import torch
import torch.nn.functional as F

from engine_reference import load, lower, pixel_norm, upper


def generate(generator, z):
    return upper(generator, lower(generator, z, 1), 1)


def encode(weights, images):
    x = images
    for stage in range(sum(name.endswith("down.weight") for name in weights)):
        for layer, stride in (("down", 2), ("same", 1)):
            x = F.conv2d(x, weights[f"{stage}.{layer}.weight"], weights[f"{stage}.{layer}.bias"], stride=stride, padding=1)
            x = F.leaky_relu(x, 0.2)
    return pixel_norm(F.linear(x.flatten(1), weights["code.weight"], weights["code.bias"]))


def main():
    torch.set_num_threads(2)
    generator = load(sys.argv[1])[0]
    case, settings = load(sys.argv[2])
    codes = case.pop("codes")
    weights = {name: value.requires_grad_() for name, value in case.items()}
    total, rate = int(settings["iterations"]), float(settings["learning_rate"])
    optimizer = torch.optim.Adam(weights.values(), lr=rate)
    first, terms = None, []
    for step, z in enumerate(codes):
        z = pixel_norm(z)
        with torch.no_grad():
            images = generate(generator, z)
        found = encode(weights, images)
        first = found.detach() if first is None else first
        code, image = F.mse_loss(found, z), F.mse_loss(generate(generator, found), images)
        terms += [code.item(), image.item()]
        optimizer.param_groups[0]["lr"] = rate * 0.5 * (1 + math.cos(math.pi * step / total))
        optimizer.zero_grad()
        (float(settings["code_weight"]) * code + float(settings["image_weight"]) * image).backward()
        optimizer.step()
    print(json.dumps({"codes": first.flatten().tolist(), "terms": terms}))


if __name__ == "__main__":
    main()
