"""Writes one small random PGGAN generator in the layout of every code base that is read, and draws its images with each code base's own arithmetic.

usage: generator_layouts.py FOLDER

Prints the latent codes, the channels and the images of each file as JSON. The files of one "function" are conversions of the same weights, and their
images agree here already; arithmetic is in double precision, files are in single.
"""
import collections
import json
import math
import os
import pickle
import sys
import types

import needs

needs.modules("numpy", "torch")

import numpy as np
import torch
import torch.nn.functional as F

LATENT = 6
CHANNELS = [8, 5, 4]  # of 4x4, 8x8, 16x16


class Config:
    """pytorch_GAN_zoo's configuration: an object that must not be made."""

    def __init__(self, channels):
        self.depthScales = channels


def random_weights(seed):
    """Unscaled kernels [output, input, size, size] and biases, layer 0 first; then those of each resolution's RGB layer."""
    random = torch.Generator().manual_seed(seed)

    def layer(outputs, inputs, size):
        return torch.randn(outputs, inputs, size, size, generator=random), torch.randn(outputs, generator=random) * 0.2

    blocks, inputs = [], LATENT
    for index, outputs in enumerate(c for channels in CHANNELS for c in (channels, channels)):
        blocks.append(layer(outputs, inputs, 4 if index == 0 else 3))
        inputs = outputs
    return blocks, [layer(3, channels, 1) for channels in CHANNELS]


def norm(x):
    return x * torch.rsqrt((x * x).mean(1, keepdim=True) + 1e-8)


def up(x):
    return x.repeat_interleave(2, 2).repeat_interleave(2, 3)


def act(x):
    return torch.where(x > 0, x, 0.2 * x)


def columns(bias):
    return bias.view(1, -1, 1, 1)


def norm_first(state, names, rgb, z):
    """genforce, mGANprior, GANDissect: each block normalizes what it gets, the RGB layer too."""
    x = z[:, :, None, None]
    for index, (weight_name, bias_name) in enumerate(names):
        x = norm(x)
        weight = state[weight_name].double()
        if weight_name.endswith(("conv.weight",)):
            inputs, size = weight.shape[1], weight.shape[2]
            x = up(x) if index >= 2 and index % 2 == 0 else x
            x = F.conv2d(x, weight, padding=3 if index == 0 else 1)
        else:  # [3, 3, input, output], upsampling and convolution in one
            inputs, size = weight.shape[2], 3
            x = F.conv_transpose2d(x, box(weight).permute(2, 3, 0, 1), stride=2, padding=1)
        x = act(x * (math.sqrt(2) / math.sqrt(inputs * size * size)) + columns(state[bias_name].double()))
    weight = state[rgb[0]].double()
    return F.conv2d(norm(x), weight) / math.sqrt(weight.shape[1]) + columns(state[rgb[1]].double())


def box(kernel):
    """A 3x3 kernel [3, 3, ...] summed over 2x2 windows, [4, 4, ...]: what nearest-neighbour upsampling makes of it."""
    padded = torch.zeros(5, 5, *kernel.shape[2:], dtype=kernel.dtype)
    padded[1:4, 1:4] = kernel
    return padded[1:, 1:] + padded[:-1, 1:] + padded[1:, :-1] + padded[:-1, :-1]


def gan_zoo(state, suffix, z):
    """pytorch_GAN_zoo: He's constant on weight and bias together, the norm after each activation."""

    def he(name):
        weight, bias = state[f"{name}{suffix}.weight"].double(), state[f"{name}{suffix}.bias"].double()
        return weight, bias, math.sqrt(2 / weight[0].numel())

    weight, bias, scale = he("formatLayer")
    x = norm(act(F.linear(norm(z), weight, bias) * scale).view(len(z), -1, 4, 4))
    for name in ["groupScale0.0"] + [f"scaleLayers.{s}.{i}" for s in range(len(CHANNELS) - 1) for i in (0, 1)]:
        weight, bias, scale = he(name)
        x = up(x) if name.startswith("scaleLayers") and name.endswith(".0") else x
        x = norm(act(F.conv2d(x, weight, bias, padding=1) * scale))
    weight, bias, scale = he(f"toRGBLayers.{len(CHANNELS) - 1}")
    return F.conv2d(x, weight, bias) * scale


def karras(variables, z):
    """Karras' networks: kernels [height, width, input, output], the norm after each activation, upsampling by a transposed convolution."""
    state = {name: torch.as_tensor(value).double() for name, value in variables}

    def scaled(name, fan_in, gain=math.sqrt(2)):
        return state[f"{name}/weight"] * (gain / math.sqrt(fan_in)), columns(state[f"{name}/bias"])

    weight, bias = scaled("4x4/Dense", LATENT, math.sqrt(2) / 4)
    x = norm(act((norm(z) @ weight).view(len(z), -1, 4, 4) + bias))
    names = ["4x4/Conv"] + [f"{side}x{side}/{kind}" for side in (8, 16) for kind in ("Conv0_up", "Conv0", "Conv1")]
    for name in (name for name in names if f"{name}/weight" in state):
        weight, bias = scaled(name, 9 * x.shape[1])
        if name.endswith("_up"):
            x = F.conv_transpose2d(x, box(weight).permute(3, 2, 0, 1), stride=2, padding=1)
        else:
            x = F.conv2d(up(x) if name.endswith("Conv0") else x, weight.permute(3, 2, 0, 1), padding=1)
        x = norm(act(x + bias))
    weight, bias = scaled("ToRGB_lod0", x.shape[1], 1)
    return F.conv2d(x, weight.permute(3, 2, 0, 1)) + bias


def karras_variables(blocks, rgbs, fused):
    variables = [("lod", np.float32(0))]
    for index, (weight, bias) in enumerate(blocks):
        side = 4 << (index // 2)
        if index == 0:
            name, weight = "Dense", weight.flip(2, 3).permute(1, 0, 2, 3).reshape(LATENT, -1)
        elif index % 2 == 1:
            name, weight = "Conv" if index == 1 else "Conv1", weight.permute(2, 3, 1, 0)
        elif fused:
            name, weight = "Conv0_up", weight.flip(2, 3).permute(2, 3, 0, 1)
        else:
            name, weight = "Conv0", weight.permute(2, 3, 1, 0)
        variables += [(f"{side}x{side}/{name}/weight", weight.numpy().copy()), (f"{side}x{side}/{name}/bias", bias.numpy())]
    for index, (weight, bias) in enumerate(rgbs):
        name = f"ToRGB_lod{len(rgbs) - 1 - index}"
        variables += [(f"{name}/weight", weight.permute(2, 3, 1, 0).numpy().copy()), (f"{name}/bias", bias.numpy())]
    return variables


def write_karras(path, networks, protocol):
    """Pickles objects of a class tfutil.Network, whose state carries the text of a program beside its variables."""
    module = types.ModuleType("tfutil")

    class Network:
        def __init__(self, variables):
            self.variables = variables

        def __getstate__(self):
            return {
                "version": 2, "name": "network", "static_kwargs": {"resolution": 16}, "build_module_src": "raise SystemError", "build_func_name": "G_paper",
                "variables": self.variables,
            }

    Network.__module__, Network.__qualname__, module.Network = "tfutil", "Network", Network
    sys.modules["tfutil"] = module
    with open(path, "wb") as file:
        pickle.dump(tuple(Network(variables) for variables in networks), file, protocol=protocol)


def genforce_state(blocks, rgbs, fused):
    state = collections.OrderedDict(lod=torch.zeros(()))
    for index, (weight, bias) in enumerate(blocks):
        if fused and index >= 2 and index % 2 == 0:
            state[f"layer{index}.weight"] = weight.flip(2, 3).permute(2, 3, 1, 0).contiguous()
        else:
            state[f"layer{index}.conv.weight"] = weight
        state[f"layer{index}.wscale.bias"] = bias
    for index, (weight, bias) in enumerate(rgbs):
        state[f"output{index}.conv.weight"], state[f"output{index}.wscale.bias"] = weight, bias
    names = [(f"layer{i}.weight" if f"layer{i}.weight" in state else f"layer{i}.conv.weight", f"layer{i}.wscale.bias") for i in range(len(blocks))]
    last = f"output{len(rgbs) - 1}"
    return state, lambda z: norm_first(state, names, (f"{last}.conv.weight", f"{last}.wscale.bias"), z)


def genforce_bare_state(blocks, rgbs, fused, prefix=""):
    """genforce's later code: no conv and wscale in names, and transposed convolutions as [input, output, 3, 3]."""
    state = collections.OrderedDict({f"{prefix}lod": torch.zeros(())})
    transposed = [fused and index >= 2 and index % 2 == 0 for index in range(len(blocks))]
    for index, (weight, bias) in enumerate(blocks):
        state[f"{prefix}layer{index}.weight"] = weight.flip(2, 3).transpose(0, 1).contiguous() if transposed[index] else weight
        state[f"{prefix}layer{index}.bias"] = bias
    for index, (weight, bias) in enumerate(rgbs):
        state[f"{prefix}output{index}.weight"], state[f"{prefix}output{index}.bias"] = weight, bias

    def draw(z):
        x = z[:, :, None, None]
        for index, is_transposed in enumerate(transposed):
            weight, x = state[f"{prefix}layer{index}.weight"].double(), norm(x)
            scale = math.sqrt(2) / math.sqrt(x.shape[1] * weight.shape[2] * weight.shape[3])
            if is_transposed:
                x = F.conv_transpose2d(x, box(weight.permute(2, 3, 0, 1)).permute(2, 3, 0, 1), stride=2, padding=1)
            else:
                x = up(x) if index >= 2 and index % 2 == 0 else x
                x = F.conv2d(x, weight, padding=3 if index == 0 else 1)
            x = act(x * scale + columns(state[f"{prefix}layer{index}.bias"].double()))
        last = f"{prefix}output{len(rgbs) - 1}"
        weight = state[f"{last}.weight"].double()
        return F.conv2d(norm(x), weight) / math.sqrt(weight.shape[1]) + columns(state[f"{last}.bias"].double())

    return state, draw


def gandissect_state(blocks, rgbs, old):
    state = collections.OrderedDict()
    stems = [f"features.{i}" if old else f"layer{i + 1}" for i in range(len(blocks))]
    side = 4 << (len(rgbs) - 1)
    last = "output" if old else f"output_{side}x{side}"
    for stem, (weight, bias) in zip(stems + [last], blocks + [rgbs[-1]]):
        state[f"{stem}.conv.weight"], state[f"{stem}.wscale.b"] = weight, bias
    names = [(f"{stem}.conv.weight", f"{stem}.wscale.b") for stem in stems]
    return state, lambda z: norm_first(state, names, (f"{last}.conv.weight", f"{last}.wscale.b"), z).clamp(-1, 1)


def gan_zoo_state(blocks, rgbs, suffix, pixel_biases=None):
    state = collections.OrderedDict()

    def put(name, weight, bias):
        state[f"{name}{suffix}.weight"] = weight
        state[f"{name}{suffix}.bias"] = bias / math.sqrt(2 / weight[0].numel())

    weight, bias = blocks[0]
    # A dense row for each channel and pixel; genforce's kernel is turned round and has the scale of a fan-in 16 times as large.
    bias = bias.repeat_interleave(16) if pixel_biases is None else pixel_biases
    put("formatLayer", weight.flip(2, 3).permute(0, 2, 3, 1).reshape(-1, LATENT) / 4, bias)
    put("groupScale0.0", *blocks[1])
    for index, (weight, bias) in enumerate(blocks[2:]):
        put(f"scaleLayers.{index // 2}.{index % 2}", weight, bias)
    for index, (weight, bias) in enumerate(rgbs):
        put(f"toRGBLayers.{index}", weight / math.sqrt(2), bias)
    return state, lambda z: gan_zoo(state, suffix, z)


def pixel_norm(x):
    """MMGeneration's: it adds 1e-6 to the root mean square, where all others add 1e-8 to the mean square."""
    return x / (torch.linalg.norm(x, dim=1, keepdim=True) / math.sqrt(x.shape[1]) + 1e-6)


def mmgen(state, prefix, fused, norm, z):
    """MMGeneration: equalized weights, the bias of the dense layer for each channel, the norm after each activation."""

    def weight(name, gain=math.sqrt(2)):
        value = state[f"{prefix}{name}.weight_orig"].double()
        # Their fan-in is the second size, which is that of the outputs where a convolution is transposed.
        return value * gain / math.sqrt(value[0].numel())

    x = F.linear(norm(z), weight("noise2feat.linear", math.sqrt(2) / 4)).view(len(z), -1, 4, 4) + state[f"{prefix}noise2feat.bias"].double()
    x = norm(act(x))
    for index in range(2 * len(CHANNELS) - 1):
        name, upsamples = f"conv_blocks.{index}.conv", index % 2 == 1
        kernel, bias = weight(name), columns(state[f"{prefix}{name}.bias"].double())
        if upsamples and fused:
            x = F.conv_transpose2d(x, box(kernel.permute(2, 3, 0, 1)).permute(2, 3, 0, 1), stride=2, padding=1) + bias
        else:
            x = F.conv2d(up(x) if upsamples else x, kernel, padding=1) + bias
        x = norm(act(x))
    name = f"torgb_layers.{len(CHANNELS) - 1}.conv"
    return F.conv2d(x, weight(name, 1)) + columns(state[f"{prefix}{name}.bias"].double())


def mmgen_state(blocks, rgbs, fused, prefix=""):
    state = collections.OrderedDict()
    weight, bias = blocks[0]
    state[f"{prefix}noise2feat.bias"] = bias.view(1, -1, 1, 1)
    state[f"{prefix}noise2feat.linear.weight_orig"] = weight.flip(2, 3).permute(0, 2, 3, 1).reshape(-1, LATENT)
    for index, (weight, bias) in enumerate(blocks[1:]):
        if fused and index % 2 == 1:
            weight = weight.flip(2, 3).transpose(0, 1) * math.sqrt(weight.shape[0] / weight.shape[1])
        state[f"{prefix}conv_blocks.{index}.conv.weight_orig"], state[f"{prefix}conv_blocks.{index}.conv.bias"] = weight.contiguous(), bias
    for index, (weight, bias) in enumerate(rgbs):
        state[f"{prefix}torgb_layers.{index}.conv.weight_orig"], state[f"{prefix}torgb_layers.{index}.conv.bias"] = weight, bias

    def draw(z):
        images = mmgen(state, prefix, fused, norm, z)
        difference = (images - mmgen(state, prefix, fused, pixel_norm, z)).abs().max().item()
        if not 1e-6 < difference < 1e-3:  # where a pixel's features nearly vanish, the two norms differ
            raise AssertionError(f"by its own norm, the images of mmgen differ by {difference}")
        return images

    return state, draw


def main():
    folder = sys.argv[1]
    torch.set_num_threads(1)
    blocks, rgbs = random_weights(1)
    others = random_weights(2)
    z = torch.randn(3, LATENT, generator=torch.Generator().manual_seed(3)).double()
    files = {}

    def write(name, layout, function, draw, content, **options):
        torch.save(content, os.path.join(folder, name), **options)
        images = draw(z)
        files[name] = {"layout": layout, "function": function, "images": images.flatten().tolist()}

    state, draw = genforce_state(blocks, rgbs, False)
    write("genforce.pth", "genforce", "one", draw, state)
    write("genforce-legacy.pth", "genforce", "one", draw, state, _use_new_zipfile_serialization=False)
    write("genforce-nested.pth", "genforce", "one", draw, {"generator": genforce_state(*others, False)[0], "generator_smooth": state})
    state, draw = genforce_state(blocks, rgbs, True)
    write("genforce-fused.pth", "genforce", "one", draw, state)
    for fused in (False, True):
        state, draw = genforce_bare_state(blocks, rgbs, fused)
        write(f"genforce-bare{'-fused' if fused else ''}.pth", "genforce-bare", "one", draw, state)
    state, draw = genforce_bare_state(blocks, rgbs, False, "module.")
    write("genforce-bare-nested.pth", "genforce-bare", "one", draw, {"models": {"discriminator": {}, "generator_smooth": state}})

    state, draw = genforce_state(blocks, rgbs, False)
    write("genforce-module.pth", "genforce", "one", draw, {f"module.{name}": value for name, value in state.items()})

    state, draw = gandissect_state(blocks, rgbs, False)
    write("gandissect.pth", "gandissect", "clamped", draw, state)
    write("gandissect-nested.pth", "gandissect", "clamped", draw, {"state_dict": state, "epoch": 3})
    state, draw = gandissect_state(blocks, rgbs, True)
    write("gandissect-old.pth", "gandissect", "clamped", draw, state)

    state, draw = gan_zoo_state(blocks, rgbs, ".module")
    other = gan_zoo_state(*others, ".module")[0]
    write("gan-zoo.pth", "pytorch-gan-zoo", "one", draw, {"config": Config(CHANNELS), "netG": other, "netD": {}, "avgG": state})
    state, draw = gan_zoo_state(blocks, rgbs, "")
    write("gan-zoo-old.pth", "pytorch-gan-zoo", "one", draw, {"config": Config(CHANNELS), "netG": state}, _use_new_zipfile_serialization=False)
    biases = torch.randn(16 * CHANNELS[0], generator=torch.Generator().manual_seed(4)) * 0.3
    state, draw = gan_zoo_state(blocks, rgbs, ".module", biases)
    write("gan-zoo-pixel-biases.pth", "pytorch-gan-zoo", "other", draw, {"avgG": state})

    for fused, protocol in ((True, 4), (False, 2)):
        variables = karras_variables(blocks, rgbs, fused)
        name = f"karras-{'fused' if fused else 'apart'}.pkl"
        write_karras(os.path.join(folder, name), [karras_variables(*others, fused), [], variables], protocol)
        files[name] = {"layout": "karras", "function": "one", "images": karras(variables, z).flatten().tolist()}

    for fused in (True, False):
        state, draw = mmgen_state(blocks, rgbs, fused)
        write(f"mmgen{'' if fused else '-apart'}.pth", "mmgen", "one", draw, state)
    state, draw = mmgen_state(blocks, rgbs, True, "generator_ema.")
    state_dict = {**state, **mmgen_state(*others, True, "generator.")[0], "discriminator.conv_blocks.0.conv.weight_orig": torch.zeros(1)}
    write("mmgen-whole.pth", "mmgen", "one", draw, {"meta": {"mmgen_version": "0.1.0"}, "state_dict": state_dict})

    for name, file in files.items():
        first = next(other for other in files.values() if other["function"] == file["function"])
        difference = np.abs(np.array(first["images"]) - np.array(file["images"])).max()
        if difference > 3e-6:  # converted weights are rounded to single precision
            raise AssertionError(f"by their own arithmetic, the images of {name} differ by {difference} from those of another layout")
    print(json.dumps({"latent": LATENT, "channels": CHANNELS, "codes": z.flatten().tolist(), "files": files}))


if __name__ == "__main__":
    main()
