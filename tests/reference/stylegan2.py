"""Writes small random StyleGAN2 generators in the layouts that are read, and draws their images from the equations of the paper.

usage: stylegan2.py FOLDER

Prints codes, sizes and images of each file as JSON. Arithmetic is in double precision, one image after the other with its own kernel: modulated and
demodulated weights (Karras et al. 2020, Eq. 1 and 3), a transposed convolution and then the filter [1, 3, 3, 1]. Files are in single precision.
"""
import json
import math
import os
import sys

import needs

needs.modules("numpy", "torch")

import torch
import torch.nn.functional as F

TAPS = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=torch.float64)
FILTER = torch.outer(TAPS, TAPS) / 64


def lrelu(x):
    return F.leaky_relu(x, 0.2) * math.sqrt(2)


def fir(x, before, after):
    """The filter with a gain of 4, for maps between whose pixels there are zeros."""
    channels = x.shape[1]
    kernel = (FILTER * 4).flip(0, 1)[None, None].repeat(channels, 1, 1, 1)
    return F.conv2d(F.pad(x, (before, after, before, after)), kernel, groups=channels)


def enlarge(image):
    n, c, h, w = image.shape
    between = image.new_zeros(n, c, 2 * h, 2 * w)
    between[:, :, ::2, ::2] = image
    return fir(between, 2, 1)


def scales(state, name, w):
    weight, bias = state[f"{name}.conv.modulation.weight"].double(), state[f"{name}.conv.modulation.bias"].double()
    return F.linear(w, weight / math.sqrt(weight.shape[1]), bias)


def block(state, name, noise, up, x, w):
    """One image [1, C, h, w]."""
    weight = state[f"{name}.conv.weight"].double()[0]
    weight = weight / math.sqrt(weight[0].numel()) * scales(state, name, w).view(1, -1, 1, 1)
    weight = weight * (weight.square().sum((1, 2, 3), keepdim=True) + 1e-8).rsqrt()
    x = fir(F.conv_transpose2d(x, weight.transpose(0, 1), stride=2), 1, 1) if up else F.conv2d(x, weight, padding=1)
    if noise is not None:
        x = x + state[f"{name}.noise.weight"].double() * noise.double()
    return lrelu(x + state[f"{name}.activate.bias"].double().view(1, -1, 1, 1))


def rgb(state, name, x, w):
    weight = state[f"{name}.conv.weight"].double()[0]
    weight = weight / math.sqrt(weight.shape[1]) * scales(state, name, w).view(1, -1, 1, 1)
    return F.conv2d(x, weight) + state[f"{name}.bias"].double()


def draw(state, depth, resolutions, z):
    images = []
    for code in z:
        w = (code * (code.square().mean() + 1e-8).rsqrt())[None]
        for i in range(depth):
            weight, bias = state[f"style.{i + 1}.weight"].double(), state[f"style.{i + 1}.bias"].double()
            w = lrelu(F.linear(w, weight * (0.01 / math.sqrt(weight.shape[1])), bias * 0.01))
        x = block(state, "conv1", state.get("noises.noise_0"), False, state["input.input"].double(), w)
        image = rgb(state, "to_rgb1", x, w)
        for k in range(resolutions - 1):
            for i, up in ((2 * k, True), (2 * k + 1, False)):
                x = block(state, f"convs.{i}", state.get(f"noises.noise_{i + 1}"), up, x, w)
            image = enlarge(image) + rgb(state, f"to_rgbs.{k}", x, w)
        images.append(image.expand(-1, 3, -1, -1))
    return torch.cat(images)


def generator(seed, latent, style, depth, channels, colors, noise):
    random = torch.Generator().manual_seed(seed)

    def normal(*shape, mean=0.0, spread=1.0):
        return mean + spread * torch.randn(*shape, generator=random)

    state = {}
    for i in range(depth):
        # What is learned is a hundredth of what is stored.
        state[f"style.{i + 1}.weight"] = normal(style, latent if i == 0 else style, spread=100)
        state[f"style.{i + 1}.bias"] = normal(style, spread=20)
    state["input.input"] = normal(1, channels[0], 4, 4)

    def add_block(name, inputs, outputs, up):
        state[f"{name}.conv.weight"] = normal(1, outputs, inputs, 3, 3)
        state[f"{name}.conv.modulation.weight"] = normal(inputs, style)
        state[f"{name}.conv.modulation.bias"] = normal(inputs, mean=1, spread=0.3)
        state[f"{name}.noise.weight"] = normal(1, spread=0.3)
        state[f"{name}.activate.bias"] = normal(outputs, spread=0.3)
        if up:
            state[f"{name}.conv.blur.kernel"] = (FILTER * 4).float()

    def add_rgb(name, inputs, up):
        state[f"{name}.conv.weight"] = normal(1, colors, inputs, 1, 1)
        state[f"{name}.conv.modulation.weight"] = normal(inputs, style)
        state[f"{name}.conv.modulation.bias"] = normal(inputs, mean=1, spread=0.3)
        state[f"{name}.bias"] = normal(1, colors, 1, 1, spread=0.3)
        if up:
            state[f"{name}.upsample.kernel"] = (FILTER * 4).float()

    add_block("conv1", channels[0], channels[0], False)
    add_rgb("to_rgb1", channels[0], False)
    for k, (before, own) in enumerate(zip(channels, channels[1:])):
        add_block(f"convs.{2 * k}", before, own, True)
        add_block(f"convs.{2 * k + 1}", own, own, False)
        add_rgb(f"to_rgbs.{k}", own, True)
    if noise:
        for i, side in enumerate([4] + [4 << (k + 1) for k in range(len(channels) - 1) for _ in (0, 1)]):
            state[f"noises.noise_{i}"] = normal(1, 1, side, side)
    return state


def main():
    folder = sys.argv[1]
    torch.set_num_threads(1)
    files = {}
    sizes = [
        # latent, style, mapping layers, channels of 4x4, 8x8, ..., colors, noise
        (6, 5, 2, [8, 6, 4], 3, True),
        (5, 7, 4, [7, 5, 3], 3, False),
        (6, 6, 8, [5, 9], 3, True),
        (4, 6, 2, [6, 4, 3], 1, True),
        (6, 4, 8, [4, 3], 1, False),
        (16, 16, 4, [16, 32, 16], 3, True),
        (3, 8, 2, [9, 8, 17], 3, True),
        (8, 3, 4, [3, 2, 2, 1], 1, True),
    ]
    for index, (latent, style, depth, channels, colors, noise) in enumerate(sizes):
        state = generator(index, latent, style, depth, channels, colors, noise)
        other = generator(index + 100, latent, style, depth, channels, colors, noise)
        z = torch.randn(3, latent, generator=torch.Generator().manual_seed(index + 50)).double()
        average = torch.randn(style, generator=torch.Generator().manual_seed(index + 70))
        content = [
            {"g_ema": state, "latent_avg": average},
            state,
            {"g": other, "d": {"final_conv.0.weight": torch.zeros(1)}, "g_ema": state, "ada_aug_p": 0.0},
        ][index % 3]
        name = f"rosinality-{index}.pt"
        torch.save(content, os.path.join(folder, name), _use_new_zipfile_serialization=index % 2 == 0)
        files[name] = {
            "layout": "rosinality",
            "latent": latent,
            "style": style,
            "depth": depth,
            "channels": channels,
            "colors": colors,
            "average": average.tolist() if index % 3 == 0 else None,
            "codes": z.flatten().tolist(),
            "images": draw(state, depth, len(channels), z).flatten().tolist(),
        }
    print(json.dumps(files))


if __name__ == "__main__":
    main()
