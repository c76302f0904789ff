"""An independent PyTorch version of layer-wise inversion by residuals.

usage: layers_reference.py GENERATOR DISCRIMINATOR CASE

CASE is a safetensors file with the code z [latent] and the target [3, H, W], and the metadata layers, steps, iterations, learning_rate, weight
(of the features' term) and residual_weight. Prints JSON: `losses` of each step, before its update.
"""
import json
import sys

import needs

needs.modules("torch", "numpy")

import torch

from engine_reference import blocks, features, load, upper


def main():
    torch.set_num_threads(2)
    generator, discriminator = load(sys.argv[1])[0], load(sys.argv[2])[0]
    case, settings = load(sys.argv[3])
    layers, total = int(settings["layers"]), int(settings["iterations"])
    z, target = case["z"][None, :, None, None], case["target"][None]

    residuals, x = [], z
    with torch.no_grad():
        for layer in range(layers):
            x = blocks(generator, x, layer, layer + 1)
            residuals.append(torch.zeros_like(x).requires_grad_())
    rate = float(settings["learning_rate"])
    optimizer = torch.optim.Adam(residuals, lr=rate)
    losses = []
    for step in range(int(settings["steps"])):
        x = z
        for layer, residual in enumerate(residuals):
            x = blocks(generator, x, layer, layer + 1) + residual
        image = upper(generator, x, layers)
        loss = (image - target).abs().mean()
        loss = loss + float(settings["weight"]) * (features(discriminator, image) - features(discriminator, target)).abs().mean()
        loss = loss + float(settings["residual_weight"]) * sum((residual ** 2).mean() for residual in residuals)
        losses.append(loss.item())
        optimizer.param_groups[0]["lr"] = rate * 0.5 ** sum(step / total >= part for part in (800 / 3000, 1200 / 3000, 1800 / 3000))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(json.dumps({"losses": losses}))


if __name__ == "__main__":
    main()
