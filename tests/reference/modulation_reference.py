"""An independent PyTorch version of modulating a generator's later layers.

usage: modulation_reference.py GENERATOR CASE

CASE is a safetensors file with the features [C, h, w] after `from` layers, the target [3, H, W], and for each modulated layer {layer}.noise
[8, h, w] and {layer}.first [width, 8, 3, 3]; the metadata from, steps, learning_rate and weight (of the mean squares). The target is compared in its
luma. Prints JSON: `losses` of each step, before its update.
"""
import json
import sys

import needs

needs.modules("torch", "numpy")

import torch
import torch.nn.functional as F

from engine_reference import blocks, load, pixel_norm


def main():
    torch.set_num_threads(2)
    generator = load(sys.argv[1])[0]
    case, settings = load(sys.argv[2])
    begin, layers = int(settings["from"]), sum(name.startswith("layer") and name.endswith("weight") for name in generator)
    features, target = case["features"][None], case["target"][None]
    luma = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)

    networks = {}
    for name in case:
        if name.endswith(".first"):
            layer = int(name.split(".")[0])
            width, channels = case[name].shape[0], generator[f"layer{layer - 1}.conv.weight"].shape[0]
            second = torch.zeros(channels, width, 3, 3)
            networks[layer] = [tensor.requires_grad_() for tensor in (case[name], torch.zeros(width), second, torch.zeros(channels))]

    def modulation(layer):
        first, first_bias, second, second_bias = networks[layer]
        hidden = F.leaky_relu(F.conv2d(case[f"{layer}.noise"][None], first, first_bias, padding=1), 0.2)
        return F.conv2d(hidden, second, second_bias, padding=1)

    optimizer = torch.optim.Adam([tensor for network in networks.values() for tensor in network], lr=float(settings["learning_rate"]))
    losses = []
    for _ in range(int(settings["steps"])):
        x, squares = features, 0
        for layer in range(begin + 1, layers + 1):
            x = blocks(generator, x, layer - 1, layer)
            if layer in networks:
                change = modulation(layer)
                x, squares = x * (1 + change), squares + (change ** 2).mean()
        name = f"output{layers // 2 - 1}"
        weight = generator[f"{name}.conv.weight"]
        image = F.conv2d(pixel_norm(x), weight) / weight.shape[1] ** 0.5 + generator[f"{name}.wscale.bias"].view(1, -1, 1, 1)
        loss = ((image - target) * luma).sum(1).abs().mean() + float(settings["weight"]) * squares
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(json.dumps({"losses": losses}))


if __name__ == "__main__":
    main()
