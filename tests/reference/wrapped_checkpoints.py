"""Writes one small random PGGAN generator in what trainers, savers and packers leave around a state dict.

usage: wrapped_checkpoints.py FOLDER          all files of a generator; prints what each of them must be read as
       wrapped_checkpoints.py --wrap FILE OUT ...  the state dict of each FILE as a checkpoint of an averaged, compiled and distributed network

In the JSON, "is" names the file whose tensors must come out ("raw" or "average"), "says" a part of the note, and "refused" a part of the refusal.
"""
import argparse
import collections
import io
import json
import os
import pickle
import sys
import types
import zipfile

import needs

needs.modules("numpy", "torch")

import numpy as np
import torch

CHANNELS, LATENT = [6, 6, 4, 4], 5


def generator(seed, dtype=torch.float32):
    random = torch.Generator().manual_seed(seed)
    state, inputs = collections.OrderedDict(), LATENT
    for i, outputs in enumerate(CHANNELS):
        size = 4 if i == 0 else 3
        state[f"layer{i}.conv.weight"] = torch.randn(outputs, inputs, size, size, generator=random)
        state[f"layer{i}.wscale.bias"] = torch.randn(outputs, generator=random)
        inputs = outputs
    for i, outputs in ((0, CHANNELS[1]), (1, CHANNELS[3])):
        state[f"output{i}.conv.weight"] = torch.randn(3, outputs, 1, 1, generator=random)
        state[f"output{i}.wscale.bias"] = torch.randn(3, generator=random)
    state["lod"] = torch.zeros(())
    return collections.OrderedDict((name, value.half().to(dtype)) for name, value in state.items())


def prefixed(prefix, state):
    return collections.OrderedDict((prefix + name, value) for name, value in state.items())


class Reduced:
    """An object that is pickled as a call of a function of a given name."""

    def __init__(self, module, name, *arguments):
        target = sys.modules[module]
        if not hasattr(target, name):
            function = types.FunctionType((lambda *_: None).__code__, {}, name)
            function.__module__, function.__qualname__ = module, name
            setattr(target, name, function)
        self.call = getattr(target, name), arguments

    def __reduce__(self):
        return self.call


class Unknown:
    """An object of a class of its own."""

    def __init__(self, **values):
        self.__dict__.update(values)


class Module(torch.nn.Module):
    def __init__(self, state):
        super().__init__()
        for name, value in state.items():
            self.register_buffer(name.replace(".", "_"), value)


class Sub(torch.Tensor):
    """A subclass of tensors."""


def repack(source, target, rename, compression=zipfile.ZIP_STORED, extra=(), change=lambda name, data: data):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", compression) as new:
        for info in old.infolist():
            if rename(info.filename):
                new.writestr(rename(info.filename), change(info.filename, old.read(info)))
        for name, data in extra:
            new.writestr(name, data)


def main(folder):
    raw, average, other = generator(1), generator(2), generator(3)
    path = lambda name: os.path.join(folder, name)
    files = {}

    def expect(name, what, says=None):
        files[name] = {"is": what, "says": says}

    def refuse(name, sentence):
        files[name] = {"refused": sentence}

    def save(name, value, what, says=None, **options):
        torch.save(value, path(name), **options)
        expect(name, what, says)

    save("raw.pth", raw, "raw")
    save("average.pth", average, "average")

    # Prefixes.
    for prefix in ("module.", "module.module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module.", "model.", "generator.", "net.", "netG.module.",
                   "model._orig_mod.generator.module.", "_forward_module.module._fsdp_wrapped_module."):
        save(f"prefix-{prefix}pth", prefixed(prefix, raw), "raw", f"without '{prefix}' before their names")
    save("wrapped-inside.pth", collections.OrderedDict((n.replace(".conv.", "._checkpoint_wrapped_module.conv."), v) for n, v in raw.items()), "raw")
    inner = collections.OrderedDict((n.replace(".conv.", ".module.conv.") if n.startswith("layer") else n, v) for n, v in raw.items())
    save("module-inside.pth", inner, "raw")
    save("prefix-of-some.pth", {**prefixed("generator.", raw), **prefixed("loss.net.", {"conv1.weight": torch.ones(3)}), "step": torch.tensor(7)}, "raw")

    # Nests.
    for nest in ("state_dict", "model", "model_state_dict", "net", "network", "generator", "netG", "G", "params", "weights", "module"):
        save(f"nest-{nest}.pth", {"epoch": 3, nest: raw}, "raw", f"in '{nest}'")
    for nest in ("g_ema", "G_ema", "params_ema", "ema", "state_dict_ema", "model_ema", "ema_state_dict", "netG_ema", "avgG", "generator_smooth", "g_running",
                 "ema_model", "averaged_model", "swa_model", "Gs"):
        raw_nest = {"params_ema": "params", "state_dict_ema": "state_dict"}.get(nest, "model")
        save(f"average-{nest}.pth", {nest: average, raw_nest: raw, "epoch": 3}, "average", f"the averaged weights in '{nest}'; not those in '{raw_nest}'")
    save("average-deep.pth", {"models": {"g": raw, "g_ema": prefixed("module.", average)}}, "average", "'models/g_ema', without 'module.'")
    save("average-beside.pth", {**raw, "ema": average}, "average")
    save("average-prefix.pth", {"state_dict": {**prefixed("generator.", raw), **prefixed("generator_ema.", average)}}, "average", "without 'generator_ema.'")
    # Keys that are no text, averages without dots in their names, containers inside containers.
    for key in (0.999, 9999, True):
        save(f"average-key-{key}.pth", {"model": raw, "ema": {key: average}}, "average", f"the averaged weights in 'ema/{key}'; not those in 'model'")
    save("key-0-2.pth", {0: raw, 2: collections.OrderedDict(raw)}, "raw", "in '0'")
    save("average-joined.pth", {"model": raw, "ema0.9999": average}, "average", "averaged")
    save("average-flat.pth", {"state_dict": {**prefixed("generator.", raw), **{"generator_ema." + n.replace(".", "_"): v for n, v in average.items()}}}, "average", "averaged")
    save("average-flat-compiled.pth", {**prefixed("model._orig_mod.net.", raw), **{"model_ema." + ("_orig_mod.net." + n).replace(".", ""): v for n, v in average.items()}}, "average", "averaged")
    deep = raw
    for level in range(12):
        deep = {f"level{level}": deep, "parent": [deep]} if level == 11 else {f"level{level}": deep}
    save("deep.pth", deep, "raw", "in 'level11/level10")
    for level in range(6):
        deep = [deep]
    torch.save(deep, path("too-deep.pth"))
    refuse("too-deep.pth", "holds no tensors in the outer 16 of its containers inside containers")
    save("fsdp-old.pth", collections.OrderedDict((n.replace(".conv.", "._fsdp_wrapped_module._fpw_module.conv."), v) for n, v in raw.items()), "raw")
    save("no-ema.pth", {"no_ema": raw, "ema": average}, "average")
    save("discriminator-beside.pth", {"netG": raw, "netD": other, "optimizer": {"state": {0: {"exp_avg": torch.ones(2)}}}}, "raw", "in 'netG'")
    save("legacy.pth", {"state_dict": prefixed("module._orig_mod.", raw), "ema": average}, "average", _use_new_zipfile_serialization=False)

    # Lightning.
    lightning = {
        "epoch": 1, "global_step": 10, "pytorch-lightning_version": "2.1.0", "hyper_parameters": argparse.Namespace(lr=0.1),
        "callbacks": {"ModelCheckpoint": {"best": torch.tensor(0.5)}}, "lr_schedulers": [], "loops": {},
        "optimizer_states": [{"state": {0: {"exp_avg": torch.zeros(6, 5, 4, 4)}}, "param_groups": [{"lr": 0.1, "params": [0]}]}],
    }
    parts = {**prefixed("generator.", raw), **prefixed("discriminator.", other)}
    save("lightning.ckpt", {**lightning, "state_dict": parts}, "raw", "in 'state_dict', without 'generator.' before their names")
    save("lightning-callback.ckpt", {**lightning, "state_dict": parts, "callbacks": {"EMACallback": {"ema_state_dict": prefixed("generator.", average)}}}, "average")
    save("lightning-averaging.ckpt", {**lightning, "state_dict": prefixed("model.", average), "current_model_state": prefixed("model.", raw)}, "average",
         "not those in 'current_model_state/model.'")
    flat = {"model_ema." + name.replace(".", ""): value for name, value in average.items()}
    save("lightning-flat.ckpt", {**lightning, "state_dict": {**prefixed("model.", raw), **flat, "model_ema.decay": torch.tensor(0.99)}}, "average", "averaged")
    save("unnamed.pth", {"model": raw, "ema": {"decay": 0.99, "shadow_params": list(average.values())}}, "raw", "'ema/shadow_params' have no names and are not read")

    save("average-module.pth", {"state_dict": raw, "ema": Module(average)}, "raw", "; the averaged weights in 'ema' are a whole module, which is not read")

    # Two that could be meant.
    save("twins.pth", {"model": raw, "state_dict": collections.OrderedDict(raw)}, "raw")
    save("copies.pth", {"model": raw, "state_dict": {name: value.clone() for name, value in raw.items()}}, "raw")
    for name, value, names in (
        ("question.pth", {"netG_A": raw, "netG_B": other}, "in 'netG_A', in 'netG_B'"),
        ("question-averages.pth", {"ema_0.99": raw, "ema_0.9999": other}, "in 'ema_0.99', in 'ema_0.9999'"),
        ("question-number.pth", {"model": other, "ema": {0.5: raw, 0.25: other}}, "in 'ema/0.5', in 'ema/0.25'"),
        ("question-prefix.pth", {"state_dict": {**prefixed("g1.", raw), **prefixed("g2.", other)}}, "in 'state_dict/g1.', in 'state_dict/g2.'"),
        ("question-module.pth", {**raw, **prefixed("module.", other)}, "without a prefix, in 'module.'"),
    ):
        torch.save(value, path(name))
        refuse(name, f"2 networks that could be meant, {names}, and they differ: which one is it? Save that one alone")

    # What tensors are made of.
    save("f64.pth", generator(1, torch.float64), "raw")
    save("f16.pth", generator(1, torch.float16), "raw")
    torch.save(generator(1, torch.bfloat16), path("bf16.pth"))
    torch.save(collections.OrderedDict((name, value.float()) for name, value in generator(1, torch.bfloat16).items()), path("bf16-wide.pth"))
    expect("bf16.pth", "bf16-wide")
    save("parameters.pth", {name: torch.nn.Parameter(value) for name, value in raw.items()}, "raw")
    save("lod-int.pth", {**raw, "lod": torch.tensor(0), "num_batches_tracked": torch.tensor(5)}, "raw")
    save("lod-bool.pth", {**raw, "lod": torch.tensor([False])}, "raw")
    numbers = {name: value.numpy() for name, value in raw.items()}
    device = lambda value: Reduced("torch._utils", "_rebuild_device_tensor_from_numpy", value, torch.float32, "mps:0", False)
    save("mps.pth", collections.OrderedDict((name, device(value)) for name, value in numbers.items()), "raw")
    save("mps-legacy.pth", {name: device(value) for name, value in numbers.items()}, "raw", _use_new_zipfile_serialization=False)
    save("mps-parameters.pth", {name: Reduced("torch._utils", "_rebuild_parameter", device(value), True, collections.OrderedDict()) for name, value in numbers.items()}, "raw")
    save("cpu-tensor.pth", {name: Reduced("torch._utils", "_rebuild_device_tensor_from_cpu_tensor", value, torch.float32, "xla:0", False) for name, value in raw.items()}, "raw")
    save("with-state.pth", {name: Reduced("torch._utils", "_rebuild_parameter_with_state", value, True, collections.OrderedDict(), {"a": 1}) for name, value in raw.items()}, "raw")
    save("plain-type.pth", {name: Reduced("torch._tensor", "_rebuild_from_type_v2", torch._utils._rebuild_tensor_v2, torch.nn.Parameter,
         (value.storage(), value.storage_offset(), tuple(value.size()), value.stride(), False, collections.OrderedDict()), {}) for name, value in raw.items()}, "raw")
    constant = {**raw, "layer1.wscale.bias": raw["layer1.wscale.bias"][:1].clone()}
    save("constant.pth", {**constant, "layer1.wscale.bias": constant["layer1.wscale.bias"].expand(6).clone()}, "constant")
    save("expanded.pth", {**constant, "layer1.wscale.bias": constant["layer1.wscale.bias"].expand(6)}, "constant")
    everything = torch.cat([value.reshape(-1) for value in raw.values()])
    offsets, views = 0, collections.OrderedDict()
    for name, value in raw.items():
        views[name] = everything[offsets:offsets + value.numel()].view(value.shape)
        offsets += value.numel()
    save("views.pth", views, "raw")
    save("views-legacy.pth", views, "raw", _use_new_zipfile_serialization=False)
    save("transposed.pth", {name: value.transpose(0, 1).contiguous().transpose(0, 1) if value.dim() > 1 else value for name, value in raw.items()}, "raw")
    save("beside.pth", {"state_dict": raw, "config": Unknown(channels=[1, 2]), "args": argparse.Namespace(lr=1), "more": types.SimpleNamespace(x=torch.Size([1])),
                        "counts": collections.defaultdict(list, a=[1]), "model": Module({"x": torch.ones(2)}), "complex": torch.ones(2, dtype=torch.complex64)}, "raw")

    def dump(name, value, what, protocol):
        with open(path(name), "wb") as file:
            pickle.dump(value, file, protocol=protocol)
        expect(name, what)

    for protocol in range(6):
        dump(f"big-endian-{protocol}.pkl", {"G": {n: v.astype(">f4") for n, v in numbers.items()}}, "raw", protocol)
        dump(f"list-{protocol}.pkl", list(numbers.items()), "raw", protocol)
    # Tensors in a plain pickle, each with a file of PyTorch's inside it.
    dump("tensors-2.pkl", {"model": raw, "ema": average}, "average", 2)
    dump("tensors-4.pkl", {name: torch.nn.Parameter(value) for name, value in raw.items()}, "raw", 4)
    np.savez(path("arrays-object.npz"), state=np.array(numbers, dtype=object))
    refuse("arrays-object.npz", "holds 'state' as NumPy's type |O, which is not read")
    np.savez(path("arrays.npz"), **numbers)
    expect("arrays.npz", "raw")
    np.savez_compressed(path("arrays-compressed.npz"), **prefixed("module.", {n: v.astype(">f8") for n, v in numbers.items()}), names=np.array(["a"]))
    expect("arrays-compressed.npz", "raw", "without 'module.'")

    # Archives that somebody packed anew.
    stem = "raw/"
    repack(path("raw.pth"), path("zip-nofolder.pth"), lambda name: name[len(stem):])
    repack(path("raw.pth"), path("zip-backslash.pth"), lambda name: name.replace("/", "\\"))
    repack(path("raw.pth"), path("zip-folder.pth"), lambda name: "another name/" + name[len(stem):])
    repack(path("raw.pth"), path("zip-deep.pth"), lambda name: "a/b/" + name[len(stem):], zipfile.ZIP_DEFLATED, [("__MACOSX/a/b/._data.pkl", b"\0\5\x16\7")])
    repack(path("raw.pth"), path("zip-big.pth"), lambda name: name, extra=[("raw/byteorder", b"big")],
           change=lambda name, data: np.frombuffer(data, "<f4").astype(">f4").tobytes() if "/data/" in name else data)
    for name in ("zip-nofolder.pth", "zip-backslash.pth", "zip-folder.pth", "zip-deep.pth", "zip-big.pth"):
        expect(name, "raw")
    with zipfile.ZipFile(path("average.pth")) as source:
        records = [("average/" + info.filename.split("/", 1)[1], source.read(info)) for info in source.infolist()]
    repack(path("raw.pth"), path("zip-two.pth"), lambda name: name, extra=records)
    expect("zip-two.pth", "average", "in 'average'")
    repack(path("raw.pth"), path("zip-two-equal.pth"), lambda name: name, extra=[(name.replace("average", "again"), data) for name, data in (
        ("again/" + i.filename.split("/", 1)[1], zipfile.ZipFile(path("raw.pth")).read(i)) for i in zipfile.ZipFile(path("raw.pth")).infolist())])
    expect("zip-two-equal.pth", "raw")
    repack(path("raw.pth"), path("zip-two-question.pth"), lambda name: "base/" + name[len(stem):], extra=[("other" + name[len("average"):], data) for name, data in records])
    refuse("zip-two-question.pth", "2 networks that could be meant, in 'base', in 'other', and they differ: which one is it?")

    # What is not read.
    for name, value, sentence in (
        ("module.pth", Module(raw), "a whole module of the class __main__.Module, which only its own program can load"),
        ("module-inside-a-dictionary.pth", {"model": Module(raw), "epoch": 1}, "has as 'model' a whole module of the class __main__.Module"),
        ("quantized.pth", {**raw, "layer1.conv.weight": torch.quantize_per_tensor(raw["layer1.conv.weight"], 0.1, 0, torch.qint8)},
         "has a quantized tensor as 'layer1.conv.weight', which is not read"),
        ("subclass.pth", {name: value.as_subclass(Sub) for name, value in raw.items()}, "has a tensor of the class __main__.Sub as '"),
        ("sparse.pth", {**raw, "layer2.wscale.bias": raw["layer2.wscale.bias"].to_sparse()}, "has a sparse tensor as 'layer2.wscale.bias'"),
        ("complex.pth", {**raw, "layer2.wscale.bias": raw["layer2.wscale.bias"].to(torch.complex64)}, "holds 'layer2.wscale.bias' as ComplexFloatStorage, which is not read"),
        ("object.pth", {**raw, "layer2.wscale.bias": Unknown(x=1)}, "has an object of __main__.Unknown as 'layer2.wscale.bias', which is refused"),
        ("optimizer.pth", {"optimizer": {"state": {0: {"exp_avg": torch.ones(3)}}}, "epoch": 1}, "is not a PGGAN, StyleGAN1 or StyleGAN2 generator in a layout that is known"),
        ("one-tensor.pth", torch.ones(3), "is one tensor without a name; save all tensors of the network under their names"),
    ):
        for legacy in (False, True):
            file = name.replace(".pth", "-legacy.pth") if legacy else name
            torch.save(value, path(file), _use_new_zipfile_serialization=not legacy)
            refuse(file, sentence)
    # What refusals advise.
    save("subclass-mended.pth", {name: value.as_subclass(Sub).as_subclass(torch.Tensor) for name, value in raw.items()}, "raw")
    save("sparse-mended.pth", {name: value.to_sparse().to_dense() if value.dim() == 1 else value for name, value in raw.items()}, "raw")
    script = io.BytesIO()
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), script)
    with open(path("script.pt"), "wb") as file:
        file.write(script.getvalue())
    refuse("script.pt", "is a TorchScript program; save the model's state_dict() instead")
    with zipfile.ZipFile(path("packed.zip"), "w") as archive:
        archive.write(path("raw.pth"), "weights/generator.pth")
    refuse("packed.zip", "is a zip archive with the file 'weights/generator.pth' in it; unpack it (unzip packed.zip) and name that file")
    for name in ("raw.pth", "legacy.pth", "arrays.npz", "big-endian-4.pkl"):
        with open(path(name), "rb") as file:
            content = file.read()
        with open(path(f"cut-{name}"), "wb") as file:
            file.write(content[:len(content) * 2 // 3])
        refuse(f"cut-{name}", "cut short")
    json.dump(files, sys.stdout)


def wrap(source, target):
    state = torch.load(source, map_location="cpu")
    wrapped = prefixed("net.module._orig_mod.", state)
    worse = {name: value + 1 if value.is_floating_point() else value for name, value in state.items()}
    torch.save({"state_dict": prefixed("net.", worse), "ema": {"state_dict": wrapped}, "optimizer_states": [], "config": Unknown(a=1)}, target)


if __name__ == "__main__":
    if sys.argv[1] == "--wrap":
        for source, target in zip(sys.argv[2::2], sys.argv[3::2]):
            wrap(source, target)
    else:
        main(sys.argv[1])
