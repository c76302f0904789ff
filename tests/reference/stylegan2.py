"""Writes small random StyleGAN2 generators in the layouts that are read, and draws their images from the equations of the paper.

usage: stylegan2.py FOLDER

Prints codes, sizes and images of each file as JSON. Arithmetic is in double precision, one image after the other with its own kernel: modulated and
demodulated weights (Karras et al. 2020, Eq. 1 and 3), a transposed convolution and then the filter [1, 3, 3, 1]. Files are in single precision.
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


def clamped(x, most):
    return x if most is None else x.clamp(-most, most)


def block(state, name, noise, up, x, w, most):
    """One image [1, C, h, w]."""
    weight = state[f"{name}.conv.weight"].double()[0]
    weight = weight / math.sqrt(weight[0].numel()) * scales(state, name, w).view(1, -1, 1, 1)
    weight = weight * (weight.square().sum((1, 2, 3), keepdim=True) + 1e-8).rsqrt()
    x = fir(F.conv_transpose2d(x, weight.transpose(0, 1), stride=2), 1, 1) if up else F.conv2d(x, weight, padding=1)
    if noise is not None:
        x = x + state[f"{name}.noise.weight"].double() * noise.double()
    return clamped(lrelu(x + state[f"{name}.activate.bias"].double().view(1, -1, 1, 1)), most)


def rgb(state, name, x, w, most):
    weight = state[f"{name}.conv.weight"].double()[0]
    weight = weight / math.sqrt(weight.shape[1]) * scales(state, name, w).view(1, -1, 1, 1)
    return clamped(F.conv2d(x, weight) + state[f"{name}.bias"].double(), most)


def mapped(state, depth, code):
    """The style of a code, [1, S]."""
    w = (code * (code.square().mean() + 1e-8).rsqrt())[None]
    for i in range(depth):
        weight, bias = state[f"style.{i + 1}.weight"].double(), state[f"style.{i + 1}.bias"].double()
        w = lrelu(F.linear(w, weight * (0.01 / math.sqrt(weight.shape[1])), bias * 0.01))
    return w


def own_noise(state, blocks):
    return [state.get(f"noises.noise_{i}") for i in range(blocks)]


def advance(state, x, image, style, noise, most, first, end):
    """The maps and the image after block `end`, of those after block `first`; `style` gives a place's style, [1, S]."""
    for i in range(first, end):
        if i > 0 and i % 2 == 1:
            image = with_rgb(state, x, image, style, most, i)
        name = "conv1" if i == 0 else f"convs.{i - 1}"
        x = block(state, name, noise[i], i % 2 == 1, x, style(i), most)
    return x, image


def with_rgb(state, x, image, style, most, layer):
    own = rgb(state, "to_rgb1" if layer == 1 else f"to_rgbs.{layer // 2 - 1}", x, style(layer), most)
    return own if image is None else enlarge(image) + own


def synthesize(state, resolutions, style, noise, most=None):
    blocks = 2 * resolutions - 1
    x, image = advance(state, state["input.input"].double(), None, style, noise, most, 0, blocks)
    return with_rgb(state, x, image, style, most, blocks).expand(-1, 3, -1, -1)


def draw(state, depth, resolutions, z, most=None, mean=None, psi=1):
    images = []
    for code in z:
        w = mapped(state, depth, code)
        if mean is not None:
            w = mean + psi * (w - mean)
        images.append(synthesize(state, resolutions, lambda place: w, own_noise(state, 2 * resolutions - 1), most))
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


def blocks(resolutions):
    """For each block its name here, and the resolution that it gives."""
    return [("conv1", 4)] + [(f"convs.{2 * k + i}", 8 << k) for k in range(resolutions - 1) for i in (0, 1)]


def rgbs(resolutions):
    return [("to_rgb1", 4)] + [(f"to_rgbs.{k}", 8 << k) for k in range(resolutions - 1)]


class EasyDict(dict):
    """A dictionary as pickles of NVIDIA's programs name it."""


class Persistent:
    """A module as NVIDIA's programs pickle it: together with a program, which nobody may run."""

    def __init__(self, class_name, parameters=(), buffers=(), modules=(), **attributes):
        self.meta = {
            "type": "class",
            "version": 6,
            "module_src": "raise SystemExit('the program text of a pickle was run')",
            "class_name": class_name,
            "state": {
                "training": False,
                "_parameters": collections.OrderedDict((name, torch.nn.Parameter(value.clone())) for name, value in dict(parameters).items()),
                "_buffers": collections.OrderedDict(buffers),
                "_modules": collections.OrderedDict(modules),
                "_init_args": (),
                "_init_kwargs": {},
                **attributes,
            },
        }

    def __reduce__(self):
        return reconstruct, (self.meta,)


def reconstruct(meta):
    raise SystemExit("a persistent object was made")


class Network:
    """A network as NVIDIA's programs for TensorFlow pickle it."""

    def __init__(self, variables, components=()):
        self.state = {
            "version": 4,
            "name": "G",
            "static_kwargs": EasyDict(resolution=8),
            "components": EasyDict(components),
            "build_module_src": "raise SystemExit('the program text of a pickle was run')",
            "build_func_name": "G_main",
            "variables": list(variables),
        }

    def __getstate__(self):
        return self.state


def masquerade():
    """Gives what is pickled here the names that it has in NVIDIA's programs."""
    for thing, module, name in (
        (EasyDict, "dnnlib.util", "EasyDict"),
        (Network, "dnnlib.tflib.network", "Network"),
        (reconstruct, "torch_utils.persistence", "_reconstruct_persistent_obj"),
    ):
        thing.__module__, thing.__qualname__, thing.__name__ = module, name, name
        parent = ""
        for part in module.split("."):
            parent = f"{parent}.{part}".lstrip(".")
            sys.modules.setdefault(parent, types.ModuleType(parent))
        setattr(sys.modules[module], name, thing)


def ada(state, depth, resolutions, average, most, rate=0.01):
    """The whole network of stylegan2-ada-pytorch."""

    def affine(name):
        return Persistent(
            "FullyConnectedLayer",
            {"weight": state[f"{name}.conv.modulation.weight"], "bias": state[f"{name}.conv.modulation.bias"]},
            activation="linear",
            weight_gain=np.float64(0.5),
            bias_gain=1,
        )

    def layer(name, up):
        weight = state[f"{name}.conv.weight"][0]
        parameters = {"weight": weight / math.sqrt(weight[0].numel()), "bias": state[f"{name}.activate.bias"]}
        buffers = {"resample_filter": FILTER.float()}
        noise = state.get(f"noises.noise_{0 if name == 'conv1' else int(name[6:]) + 1}")
        if noise is not None:
            parameters["noise_strength"] = state[f"{name}.noise.weight"].reshape([])
            buffers["noise_const"] = noise[0, 0]
        return Persistent(
            "SynthesisLayer",
            parameters,
            buffers,
            {"affine": affine(name)},
            up=up,
            activation="lrelu",
            conv_clamp=most,
            act_gain=np.float64(math.sqrt(2)),
        )

    def image(name):
        return Persistent(
            "ToRGBLayer",
            {"weight": state[f"{name}.conv.weight"][0], "bias": state[f"{name}.bias"].flatten()},
            {},
            {"affine": affine(name)},
            conv_clamp=most,
        )

    synthesis = []
    for k in range(resolutions):
        modules = {"conv1": layer("conv1" if k == 0 else f"convs.{2 * k - 1}", 1), "torgb": image("to_rgb1" if k == 0 else f"to_rgbs.{k - 1}")}
        if k > 0:
            modules = {"conv0": layer(f"convs.{2 * k - 2}", 2), **modules}
        synthesis.append(
            (
                f"b{4 << k}",
                Persistent(
                    "SynthesisBlock",
                    {"const": state["input.input"][0]} if k == 0 else {},
                    {"resample_filter": FILTER.float()},
                    modules,
                    architecture="skip",
                    use_fp16=k > 0,
                ),
            )
        )
    factor = 0.01 / rate
    mapping = [
        (
            f"fc{i}",
            Persistent(
                "FullyConnectedLayer",
                {"weight": state[f"style.{i + 1}.weight"] * factor, "bias": state[f"style.{i + 1}.bias"] * factor},
                activation="lrelu",
                weight_gain=np.float64(rate),
                bias_gain=rate,
            ),
        )
        for i in range(depth)
    ]
    return Persistent(
        "Generator",
        modules={
            "synthesis": Persistent("SynthesisNetwork", modules=synthesis, num_ws=2 * resolutions),
            "mapping": Persistent("MappingNetwork", buffers={} if average is None else {"w_avg": average}, modules=mapping, num_layers=depth),
        },
        z_dim=state["style.1.weight"].shape[1],
        c_dim=0,
    )


def flatten(module, prefix=""):
    """A persistent module's state_dict()."""
    state, found = module.meta["state"], {}
    for group in ("_parameters", "_buffers"):
        found.update({prefix + name: value for name, value in state[group].items()})
    for name, inner in state["_modules"].items():
        found.update(flatten(inner, f"{prefix}{name}."))
    return found


def genforce(state, depth, resolutions, average):
    found = {"truncation.w_avg": average, "synthesis.early_layer.const": state["input.input"], "synthesis.upsample.kernel": (FILTER * 4).float()[None, None]}
    for i in range(depth):
        for kind in ("weight", "bias"):
            found[f"mapping.dense{i}.{kind}"] = state[f"style.{i + 1}.{kind}"]
    for i, (name, _) in enumerate(blocks(resolutions)):
        own = f"synthesis.layer{i}"
        weight = state[f"{name}.conv.weight"][0]
        found[f"{own}.weight"] = weight.flip(2, 3) if i % 2 == 1 else weight
        found[f"{own}.bias"] = state[f"{name}.activate.bias"]
        found[f"{own}.style.weight"] = state[f"{name}.conv.modulation.weight"]
        found[f"{own}.style.bias"] = state[f"{name}.conv.modulation.bias"] - 1
        if f"noises.noise_{i}" in state:
            found[f"{own}.noise"] = state[f"noises.noise_{i}"]
            found[f"{own}.noise_strength"] = state[f"{name}.noise.weight"].reshape([])
        if i % 2 == 1:
            found[f"{own}.filter.kernel"] = (FILTER * 4).float()[None, None]
    for i, (name, _) in enumerate(rgbs(resolutions)):
        own = f"synthesis.output{i}"
        found[f"{own}.weight"] = state[f"{name}.conv.weight"][0]
        found[f"{own}.bias"] = state[f"{name}.bias"].flatten()
        found[f"{own}.style.weight"] = state[f"{name}.conv.modulation.weight"]
        found[f"{own}.style.bias"] = state[f"{name}.conv.modulation.bias"] - 1
    return found


def karras(state, depth, resolutions, average):
    """A network of stylegan2 for TensorFlow, whose kernels lie as [height, width, input, output]."""
    mapping, synthesis = [], [("4x4/Const/const", state["input.input"].numpy())]
    for i in range(depth):
        mapping.append((f"Dense{i}/weight", state[f"style.{i + 1}.weight"].t().contiguous().numpy()))
        mapping.append((f"Dense{i}/bias", state[f"style.{i + 1}.bias"].numpy()))

    def add(place, name, weight, bias):
        synthesis.append((f"{place}/weight", weight.permute(2, 3, 1, 0).contiguous().numpy()))
        synthesis.append((f"{place}/mod_weight", state[f"{name}.conv.modulation.weight"].t().numpy()))
        synthesis.append((f"{place}/mod_bias", state[f"{name}.conv.modulation.bias"].numpy() - 1))
        synthesis.append((f"{place}/bias", bias.flatten().numpy()))

    for i, (name, side) in enumerate(blocks(resolutions)):
        weight = state[f"{name}.conv.weight"][0]
        place = f"{side}x{side}/{'Conv' if i == 0 else 'Conv0_up' if i % 2 == 1 else 'Conv1'}"
        add(place, name, weight.flip(2, 3) if i % 2 == 1 else weight, state[f"{name}.activate.bias"])
        if f"noises.noise_{i}" in state:
            synthesis.append((f"noise{i}", state[f"noises.noise_{i}"].numpy()))
            synthesis.append((f"{place}/noise_strength", np.float32(state[f"{name}.noise.weight"].item())))
    for name, side in rgbs(resolutions):
        add(f"{side}x{side}/ToRGB", name, state[f"{name}.conv.weight"][0], state[f"{name}.bias"])
    return Network(
        [("lod", np.float32(0)), ("dlatent_avg", average.numpy())], {"mapping": Network(mapping), "synthesis": Network(synthesis)}
    )


def save_rosinality(path, index, state, other, depth, resolutions, average, most):
    content = [
        {"g_ema": state, "latent_avg": average},
        state,
        {"g": other, "d": {"final_conv.0.weight": torch.zeros(1)}, "g_ema": state, "ada_aug_p": 0.0},
    ][index % 3]
    torch.save(content, path, _use_new_zipfile_serialization=index % 2 == 0)
    return average if index % 3 == 0 else None


def save_ada(path, index, state, other, depth, resolutions, average, most):
    network = ada(state, depth, resolutions, average, most, rate=0.1 if index == 1 else 0.01)
    if most is None and index % 3 == 2:
        torch.save(flatten(network), path)
        return average
    whole = {
        "training_set_kwargs": EasyDict(class_name="training.dataset.ImageFolderDataset", resolution=4 << (resolutions - 1)),
        "G": ada(other, depth, resolutions, average + 1, most),
        "D": Persistent("Discriminator", {"weight": torch.zeros(1)}),
        "G_ema": network,
        "augment_pipe": None,
    }
    with open(path, "wb") as file:
        pickle.dump(whole, file, protocol=[4, 2, 5][index % 3])
    return average


def save_genforce(path, index, state, other, depth, resolutions, average, most):
    content = {
        "generator": genforce(other, depth, resolutions, average + 1),
        "discriminator": {"output.bias": torch.zeros(1)},
        "generator_smooth": genforce(state, depth, resolutions, average),
    }
    torch.save(content if index % 2 == 0 else content["generator_smooth"], path)
    return average


def save_karras(path, index, state, other, depth, resolutions, average, most):
    networks = (
        karras(other, depth, resolutions, average + 1),
        Network([("4x4/Dense0/weight", np.zeros((1, 1), np.float32))]),
        karras(state, depth, resolutions, average),
    )
    with open(path, "wb") as file:
        pickle.dump(networks, file, protocol=[4, 2, 3][index % 3])
    return average


LAYOUTS = {
    "rosinality": (".pt", save_rosinality),
    "stylegan2-ada": (".pkl", save_ada),
    "genforce-stylegan2": (".pth", save_genforce),
    "karras-stylegan2": (".pkl", save_karras),
}


def placed(state, style, resolutions, most, index):
    """An image of a style for each place, and one with noise of its own."""
    random = torch.Generator().manual_seed(index + 90)
    blocks = 2 * resolutions - 1
    styles = torch.randn(2 * resolutions, style, generator=random).double()
    noises = [torch.randn(1, 1, side, side, generator=random).double() for side in [4] + [8 << k for k in range(resolutions - 1) for _ in (0, 1)]]

    def at(place):
        return styles[place][None]

    return {
        "places": styles.flatten().tolist(),
        "placed": synthesize(state, resolutions, at, own_noise(state, blocks), most).flatten().tolist(),
        "noises": [noise.flatten().tolist() for noise in noises],
        "noised": synthesize(state, resolutions, at, noises, most).flatten().tolist(),
    }


def main():
    folder = sys.argv[1]
    torch.set_num_threads(1)
    masquerade()
    files = {}
    sizes = [
        # latent, style, mapping layers, channels of 4x4, 8x8, ..., colors, noise, clamp
        (6, 5, 2, [8, 6, 4], 3, True, 2),
        (5, 7, 4, [7, 5, 3], 3, False, None),
        (6, 6, 8, [5, 9], 3, True, None),
        (4, 6, 2, [6, 4, 3], 1, True, None),
        (8, 3, 4, [3, 2, 2, 1], 1, True, 3),
        (16, 16, 8, [16, 24], 1, False, 1),
    ]
    for layout, (ending, save) in LAYOUTS.items():
        for index, (latent, style, depth, channels, colors, noise, most) in enumerate(sizes):
            state = generator(index, latent, style, depth, channels, colors, noise)
            other = generator(index + 100, latent, style, depth, channels, colors, noise)
            most = most if layout == "stylegan2-ada" else None
            z = torch.randn(3, latent, generator=torch.Generator().manual_seed(index + 50)).double()
            average = torch.randn(style, generator=torch.Generator().manual_seed(index + 70))
            name = f"{layout}-{index}{ending}"
            kept = save(os.path.join(folder, name), index, state, other, depth, len(channels), average, most)
            files[name] = {
                "layout": layout,
                "latent": latent,
                "style": style,
                "depth": depth,
                "channels": channels,
                "colors": colors,
                "clamp": most or 0,
                "strengths": noise or layout == "rosinality",
                "average": None if kept is None else kept.tolist(),
                "codes": z.flatten().tolist(),
                "images": draw(state, depth, len(channels), z, most).flatten().tolist(),
                "truncated": None if kept is None else draw(state, depth, len(channels), z, most, kept.double(), 0.625).flatten().tolist(),
                "styles": torch.cat([mapped(state, depth, code) for code in z]).flatten().tolist(),
                **placed(state, style, len(channels), most, index),
            }
    print(json.dumps(files))


if __name__ == "__main__":
    main()
