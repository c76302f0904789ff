"""Writes small files of networks that share the containers of StyleGAN2's and are other networks, as NVIDIA's programs and their forks pickle them.

usage: stylegan_relatives.py FOLDER
"""
import json
import os
import pickle
import sys

import needs

needs.modules("numpy", "torch")

import numpy as np
import torch

import stylegan2
from stylegan2 import EasyDict, Network, Persistent

CHANNELS = [6, 4]


def generator(**sizes):
    state = stylegan2.generator(1, 6, 5, 2, CHANNELS, 3, True)
    return stylegan2.ada(state, 2, len(CHANNELS), torch.zeros(5), None)


def conditional():
    network = generator()
    mapping = network.meta["state"]["_modules"]["mapping"].meta["state"]["_modules"]
    mapping["embed"] = Persistent("FullyConnectedLayer", {"weight": torch.zeros(5, 10), "bias": torch.zeros(5)})
    return network


def without_skips():
    network = generator()
    del network.meta["state"]["_modules"]["synthesis"].meta["state"]["_modules"]["b4"].meta["state"]["_modules"]["torgb"]
    return network


def swish():
    network = generator()
    network.meta["state"]["_modules"]["synthesis"].meta["state"]["_modules"]["b4"].meta["state"]["_modules"]["conv1"].meta["state"]["activation"] = "swish"
    return network


def two_clamps():
    network = generator()
    network.meta["state"]["_modules"]["synthesis"].meta["state"]["_modules"]["b8"].meta["state"]["_modules"]["conv1"].meta["state"]["conv_clamp"] = 256
    return network


def triplane():
    return Persistent("TriPlaneGenerator", modules={"backbone": generator(), "decoder": Persistent("OSGDecoder", {"weight": torch.zeros(2, 2)})})


def alias_free(name="Generator"):
    layer = Persistent(
        "SynthesisLayer",
        {"weight": torch.zeros(4, 4, 3, 3), "bias": torch.zeros(4)},
        {"magnitude_ema": torch.ones([]), "up_filter": torch.ones(12)},
        {"affine": Persistent("FullyConnectedLayer", {"weight": torch.zeros(4, 5), "bias": torch.zeros(4)})},
    )
    beginning = Persistent("SynthesisInput", {"weight": torch.zeros(4, 4)}, {"freqs": torch.zeros(4, 2), "phases": torch.zeros(4)})
    return Persistent(
        name,
        modules={
            "synthesis": Persistent("SynthesisNetwork", modules={"input": beginning, "L0_36_4": layer}),
            "mapping": Persistent("MappingNetwork", buffers={"w_avg": torch.zeros(5)}),
        },
    )


def fast():
    return Persistent(
        "Generator",
        modules={
            "mapping": Persistent("DummyMapping"),
            "synthesis": Persistent("FastganSynthesis", modules={"init": Persistent("InitLayer", {"weight": torch.zeros(2, 2)})}),
        },
    )


def of_plain_modules():
    """A fork whose layers are not persistent, which reads as any other."""
    network = generator()
    synthesis = network.meta["state"]["_modules"]["synthesis"].meta["state"]["_modules"]
    synthesis["unused"] = torch.nn.Linear(2, 2)
    return network


def conditional_karras():
    state = stylegan2.generator(1, 6, 5, 2, CHANNELS, 3, True)
    network = stylegan2.karras(state, 2, len(CHANNELS), torch.zeros(5))
    network.state["components"]["mapping"].state["variables"].append(("LabelConcat/weight", np.zeros((10, 6), np.float32)))
    return network


def revised_karras():
    """A configuration B to D of the paper, which makes RGB as a PGGAN does."""
    state = stylegan2.generator(1, 6, 5, 2, CHANNELS, 3, True)
    network = stylegan2.karras(state, 2, len(CHANNELS), torch.zeros(5))
    variables = network.state["components"]["synthesis"].state["variables"]
    variables[:] = [(name.replace("4x4/ToRGB", "ToRGB_lod1").replace("8x8/ToRGB", "ToRGB_lod0"), value) for name, value in variables]
    return network


def main():
    folder = sys.argv[1]
    stylegan2.masquerade()
    for name, network in {
        "conditional-ada": conditional(),
        "without-skips-ada": without_skips(),
        "swish-ada": swish(),
        "two-clamps-ada": two_clamps(),
        "eg3d": triplane(),
        "stylegan3": alias_free(),
        "stylegan-xl": alias_free("SuperresGenerator"),
        "projected": fast(),
        "plain-modules": of_plain_modules(),
    }.items():
        with open(os.path.join(folder, f"{name}.pkl"), "wb") as file:
            pickle.dump({"G": None, "D": None, "G_ema": network, "training_set_kwargs": EasyDict()}, file)
    for name, network in {"conditional-karras": conditional_karras(), "revised-karras": revised_karras()}.items():
        with open(os.path.join(folder, f"{name}.pkl"), "wb") as file:
            pickle.dump((Network([]), Network([]), network), file)
    state = stylegan2.genforce(stylegan2.generator(1, 6, 5, 2, CHANNELS, 3, True), 2, len(CHANNELS), torch.zeros(5))
    torch.save({"generator_smooth": {**state, "mapping.label_weight": torch.zeros(10, 6)}}, os.path.join(folder, "conditional-genforce.pth"))
    print(json.dumps(sorted(os.listdir(folder))))


if __name__ == "__main__":
    main()
