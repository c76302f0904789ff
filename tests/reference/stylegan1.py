"""Writes small random StyleGAN1 generators in the layouts that are read, and draws their images from the equations of the paper.

usage: stylegan1.py FOLDER

Prints codes, sizes and images of each file as JSON. Arithmetic is in double precision, one image after the other: nearest neighbours and a convolution, or
from 128 pixels on a transposed convolution, then the filter [1, 2, 1]; noise, bias, leaky ReLU; each channel less its mean and divided by its deviation,
with scales and shifts of a style (Karras et al. 2019, Eq. 1 and Table 1). Files are in single precision.
"""
import json
import math
import os
import pickle
import sys

import needs

needs.modules("numpy", "torch")

import numpy as np
import torch
import torch.nn.functional as F

from stylegan2 import Network, masquerade

BLUR = torch.outer(torch.tensor([1.0, 2.0, 1.0]), torch.tensor([1.0, 2.0, 1.0])).double() / 16


def mapped(state, depth, z):
    w = z[None] / torch.sqrt((z * z).mean() + 1e-8)
    for i in range(depth):
        weight, bias = state[f"mapping.dense{i}.weight"].double(), state[f"mapping.dense{i}.bias"].double()
        w = F.leaky_relu(F.linear(w, weight * (0.01 * math.sqrt(2) / math.sqrt(weight.shape[1])), 0.01 * bias), 0.2)
    return w


def convolved(state, index, x):
    weight = state[f"synthesis.layer{index}.weight"].double()
    weight = weight * math.sqrt(2) / math.sqrt(weight[0].numel())
    if index % 2 == 1:
        return F.conv2d(x, weight, padding=1)
    if 2 * x.shape[2] < 128:
        x = F.conv2d(F.interpolate(x, scale_factor=2, mode="nearest"), weight, padding=1)
    else:
        padded = F.pad(weight, (1, 1, 1, 1))
        four = sum(padded[:, :, a : a + 4, b : b + 4] for a in (0, 1) for b in (0, 1))
        x = F.conv_transpose2d(x, four.transpose(0, 1), stride=2, padding=1)
    return F.conv2d(x, BLUR[None, None].repeat(x.shape[1], 1, 1, 1), padding=1, groups=x.shape[1])


def synthesize(state, count, style, noise):
    x = None
    for i in range(count):
        name = f"synthesis.layer{i}"
        x = state[f"{name}.const"].double() if i == 0 else convolved(state, i, x)
        x = x + noise[i].double() * state[f"{name}.apply_noise.weight"].double()[None, :, None, None]
        x = F.leaky_relu(x + state[f"{name}.bias"].double()[None, :, None, None], 0.2)
        x = (x - x.mean((2, 3), keepdim=True)) / torch.sqrt(x.var((2, 3), keepdim=True, unbiased=False) + 1e-8)
        weight = state[f"{name}.style.weight"].double()
        scale, shift = (F.linear(style(i), weight / math.sqrt(weight.shape[1])) + state[f"{name}.style.bias"].double()).chunk(2, 1)
        x = x * (scale + 1)[:, :, None, None] + shift[:, :, None, None]
    weight = state[f"synthesis.output{count // 2 - 1}.weight"].double()
    image = F.conv2d(x, weight / math.sqrt(weight.shape[1]), state[f"synthesis.output{count // 2 - 1}.bias"].double())
    return image.expand(-1, 3, -1, -1)


def own_noise(state, count):
    return [state[f"synthesis.layer{i}.apply_noise.noise"] for i in range(count)]


def draw(state, depth, count, z, psi=1.0):
    mean, images = state["truncation.w_avg"].double(), []
    for code in z:
        w = mapped(state, depth, code)
        w = mean + psi * (w - mean) if psi != 1 else w
        images.append(synthesize(state, count, lambda place: w, own_noise(state, count)))
    return torch.cat(images)


def generator(seed, latent, style, depth, channels, colors):
    random = torch.Generator().manual_seed(seed)

    def normal(*shape, mean=0.0, spread=1.0):
        return mean + spread * torch.randn(*shape, generator=random)

    state = {"truncation.w_avg": normal(style), "synthesis.lod": torch.zeros(())}
    for i in range(depth):
        state[f"mapping.dense{i}.weight"] = normal(style, latent if i == 0 else style, spread=100)
        state[f"mapping.dense{i}.bias"] = normal(style, spread=20)
    for i in range(2 * len(channels)):
        name, outputs, side = f"synthesis.layer{i}", channels[i // 2], 4 << (i // 2)
        if i == 0:
            state[f"{name}.const"] = normal(1, outputs, 4, 4)
        else:
            state[f"{name}.weight"] = normal(outputs, channels[(i - 1) // 2], 3, 3)
        state[f"{name}.bias"] = normal(outputs, spread=0.3)
        state[f"{name}.apply_noise.weight"] = normal(outputs, spread=0.3)
        state[f"{name}.apply_noise.noise"] = normal(1, 1, side, side)
        state[f"{name}.style.weight"] = normal(2 * outputs, style)
        state[f"{name}.style.bias"] = normal(2 * outputs, spread=0.3)
        if i > 0 and i % 2 == 0:
            state[f"{name}.blur.kernel"] = BLUR.float()[None, None].repeat(outputs, 1, 1, 1)
    for k, outputs in enumerate(channels):
        state[f"synthesis.output{k}.weight"] = normal(colors, outputs, 1, 1)
        state[f"synthesis.output{k}.bias"] = normal(colors, spread=0.3)
    return state


def save_genforce(path, index, state, other, depth, resolutions):
    content = {"generator": other, "discriminator": {"output.bias": torch.zeros(1)}, "generator_smooth": state}
    torch.save(content if index % 2 == 0 else state, path)


def karras(state, depth, resolutions):
    """A network of stylegan for TensorFlow, whose kernels lie as [height, width, input, output]."""
    mapping, synthesis = [], [("lod", np.float32(0))]
    for i in range(depth):
        mapping.append((f"Dense{i}/weight", state[f"mapping.dense{i}.weight"].t().contiguous().numpy()))
        mapping.append((f"Dense{i}/bias", state[f"mapping.dense{i}.bias"].numpy()))
    for i in range(2 * resolutions):
        own, side = f"synthesis.layer{i}", 4 << (i // 2)
        place = f"{side}x{side}/{'Const' if i == 0 else 'Conv' if i == 1 else 'Conv0_up' if i % 2 == 0 else 'Conv1'}"
        if i == 0:
            synthesis.append((f"{place}/const", state[f"{own}.const"].numpy()))
        else:
            synthesis.append((f"{place}/weight", state[f"{own}.weight"].permute(2, 3, 1, 0).contiguous().numpy()))
        synthesis.append((f"{place}/bias", state[f"{own}.bias"].numpy()))
        synthesis.append((f"{place}/Noise/weight", state[f"{own}.apply_noise.weight"].numpy()))
        synthesis.append((f"{place}/StyleMod/weight", state[f"{own}.style.weight"].t().contiguous().numpy()))
        synthesis.append((f"{place}/StyleMod/bias", state[f"{own}.style.bias"].numpy()))
        synthesis.append((f"noise{i}", state[f"{own}.apply_noise.noise"].numpy()))
    for k in range(resolutions):
        synthesis.append((f"ToRGB_lod{resolutions - 1 - k}/weight", state[f"synthesis.output{k}.weight"].permute(2, 3, 1, 0).contiguous().numpy()))
        synthesis.append((f"ToRGB_lod{resolutions - 1 - k}/bias", state[f"synthesis.output{k}.bias"].numpy()))
    variables = [("lod", np.float32(0)), ("dlatent_avg", state["truncation.w_avg"].numpy())]
    return Network(variables, {"mapping": Network(mapping), "synthesis": Network(synthesis)})


def save_karras(path, index, state, other, depth, resolutions):
    networks = (karras(other, depth, resolutions), Network([("4x4/Dense0/weight", np.zeros((1, 1), np.float32))]), karras(state, depth, resolutions))
    with open(path, "wb") as file:
        pickle.dump(networks, file, protocol=[4, 2, 3][index % 3])


LAYOUTS = {"genforce-stylegan1": (".pth", save_genforce), "karras-stylegan1": (".pkl", save_karras)}


def placed(state, style, count, index):
    """An image of a style for each place, and one with noise of its own."""
    random = torch.Generator().manual_seed(index + 90)
    styles = torch.randn(count, style, generator=random).double()
    noises = [torch.randn(1, 1, 4 << (i // 2), 4 << (i // 2), generator=random).double() for i in range(count)]
    return {
        "places": styles.flatten().tolist(),
        "placed": synthesize(state, count, lambda place: styles[place][None], own_noise(state, count)).flatten().tolist(),
        "noises": [noise.flatten().tolist() for noise in noises],
        "noised": synthesize(state, count, lambda place: styles[place][None], noises).flatten().tolist(),
    }


def main():
    folder = sys.argv[1]
    torch.set_num_threads(1)
    masquerade()
    files = {}
    sizes = [
        # latent, style, mapping layers, channels of 4x4, 8x8, ..., colors
        (6, 5, 2, [8, 6, 4], 3),
        (5, 7, 4, [7, 5], 3),
        (6, 6, 8, [5], 3),
        (4, 6, 2, [6, 4, 3], 1),
        (8, 3, 4, [3, 2, 2, 1], 1),
        (6, 5, 2, [4, 3, 3, 2, 2, 2], 3),
    ]
    for layout, (ending, save) in LAYOUTS.items():
        for index, (latent, style, depth, channels, colors) in enumerate(sizes):
            state = generator(index, latent, style, depth, channels, colors)
            other = generator(index + 100, latent, style, depth, channels, colors)
            z = torch.randn(3 if len(channels) < 5 else 1, latent, generator=torch.Generator().manual_seed(index + 50)).double()
            name, count = f"{layout}-{index}{ending}", 2 * len(channels)
            save(os.path.join(folder, name), index, state, other, depth, len(channels))
            files[name] = {
                "layout": layout,
                "latent": latent,
                "style": style,
                "depth": depth,
                "channels": channels,
                "colors": colors,
                "clamp": 0,
                "strengths": True,
                "average": state["truncation.w_avg"].tolist(),
                "codes": z.flatten().tolist(),
                "images": draw(state, depth, count, z).flatten().tolist(),
                "truncated": draw(state, depth, count, z, 0.625).flatten().tolist(),
                "styles": torch.cat([mapped(state, depth, code) for code in z]).flatten().tolist(),
                **placed(state, style, count, index),
            }
    print(json.dumps(files))


if __name__ == "__main__":
    main()
