"""Independent PyTorch versions of RCAN and ESRGAN, of their public checkpoints' layouts, and of how they are trained.

usage: super_resolution_reference.py --files FOLDER
       super_resolution_reference.py KIND CASE DISCRIMINATOR

The first writes small random networks in every public layout and prints the image that they get and the images that they make, in double precision
from weights in single. The second trains: CASE is a safetensors file with the first weights by name, the large images of each step
[steps, batch, 3, H, W] and the metadata factor, iterations, learning_rate, and for esrgan pixel_iterations and the terms' weights; DISCRIMINATOR is the
perceptual network. Prints the loss's terms of each step and the sum of all weights after the last.
"""
import collections
import itertools
import json
import math
import os
import sys

import needs

needs.modules("torch", "numpy")

import torch
import torch.nn.functional as F

from engine_reference import features, load

MEAN = torch.tensor([0.4488, 0.4371, 0.4040], dtype=torch.float64)


def conv(state, name, x):
    weight = state[f"{name}.weight"]
    return F.conv2d(x, weight, state[f"{name}.bias"], padding=weight.shape[-1] // 2)


def rcan(state, x, groups, blocks, doublings):
    """state has the authors' names; x is R, G, B from 0 to 255."""
    x = head = conv(state, "head.0", conv(state, "sub_mean", x))
    for g in range(groups):
        group = x
        for b in range(blocks):
            name = f"body.{g}.body.{b}.body"
            y = conv(state, f"{name}.2", F.relu(conv(state, f"{name}.0", x)))
            squeezed = F.relu(conv(state, f"{name}.3.conv_du.0", F.adaptive_avg_pool2d(y, 1)))
            x = x + y * torch.sigmoid(conv(state, f"{name}.3.conv_du.2", squeezed))
        x = group + conv(state, f"body.{g}.body.{blocks}", x)
    x = head + conv(state, f"body.{groups}", x)
    for i in range(doublings):
        x = F.pixel_shuffle(conv(state, f"tail.0.{2 * i}", x), 2)
    return conv(state, "add_mean", conv(state, "tail.1", x))


def lrelu(x):
    return F.leaky_relu(x, 0.2)


def rrdb(state, x, blocks, doublings):
    """state has the authors' present names; x is R, G, B from 0 to 1."""
    first = x = conv(state, "conv_first", x)
    for b in range(blocks):
        block = x
        for d in (1, 2, 3):
            maps = [x]
            for k in (1, 2, 3, 4):
                maps.append(lrelu(conv(state, f"RRDB_trunk.{b}.RDB{d}.conv{k}", torch.cat(maps, 1))))
            x = x + 0.2 * conv(state, f"RRDB_trunk.{b}.RDB{d}.conv5", torch.cat(maps, 1))
        x = block + 0.2 * x
    x = first + conv(state, "trunk_conv", x)
    for i in range(doublings):
        x = lrelu(conv(state, f"upconv{i + 1}", F.interpolate(x, scale_factor=2, mode="nearest")))
    return conv(state, "conv_last", lrelu(conv(state, "HRconv", x)))


def random_network(shapes, seed):
    random = torch.Generator().manual_seed(seed)
    state = collections.OrderedDict()
    for name, shape in shapes:
        fan_in = math.prod(shape[1:])
        state[f"{name}.weight"] = torch.randn(*shape, generator=random) * math.sqrt(1.5 / fan_in)
        state[f"{name}.bias"] = torch.randn(shape[0], generator=random) * 0.1
    return state


def random_rcan(groups, blocks, maps, squeezed, doublings, seed):
    shapes = [("head.0", (maps, 3, 3, 3))]
    for g in range(groups):
        for b in range(blocks):
            name = f"body.{g}.body.{b}.body"
            shapes += [(f"{name}.0", (maps, maps, 3, 3)), (f"{name}.2", (maps, maps, 3, 3))]
            shapes += [(f"{name}.3.conv_du.0", (squeezed, maps, 1, 1)), (f"{name}.3.conv_du.2", (maps, squeezed, 1, 1))]
        shapes.append((f"body.{g}.body.{blocks}", (maps, maps, 3, 3)))
    shapes.append((f"body.{groups}", (maps, maps, 3, 3)))
    shapes += [(f"tail.0.{2 * i}", (4 * maps, maps, 3, 3)) for i in range(doublings)] + [("tail.1", (3, maps, 3, 3))]
    state = random_network(shapes, seed)
    for name, sign in (("sub_mean", -1), ("add_mean", 1)):
        state[f"{name}.weight"] = torch.eye(3).view(3, 3, 1, 1)
        state[f"{name}.bias"] = (sign * 255 * MEAN).float()
    return state


def random_rrdb(blocks, maps, growth, doublings, seed):
    shapes = [("conv_first", (maps, 3, 3, 3))]
    for b in range(blocks):
        for d in (1, 2, 3):
            shapes += [(f"RRDB_trunk.{b}.RDB{d}.conv{k}", (growth if k < 5 else maps, maps + (k - 1) * growth, 3, 3)) for k in range(1, 6)]
    shapes += [("trunk_conv", (maps, maps, 3, 3))] + [(f"upconv{i + 1}", (maps, maps, 3, 3)) for i in range(doublings)]
    return random_network(shapes + [("HRconv", (maps, maps, 3, 3)), ("conv_last", (3, maps, 3, 3))], seed)


def renamed(state, rename):
    result = collections.OrderedDict()
    for name, value in state.items():
        stem, kind = name.rsplit(".", 1)
        if (new := rename(stem)) is not None:
            result[f"{new}.{kind}"] = value
    return result


def rcan_basicsr(groups, blocks):
    def rename(stem):
        parts = stem.split(".")
        if stem in ("sub_mean", "add_mean"):
            return None
        if parts[0] == "head":
            return "conv_first"
        if parts[0] == "tail":
            return "conv_last" if parts[1] == "1" else f"upsample.{parts[2]}"
        if len(parts) == 2:
            return "conv_after_body"
        if len(parts) == 4:
            return f"body.{parts[1]}.conv"
        rest = {"0": "0", "2": "2", "3.conv_du.0": "3.attention.1", "3.conv_du.2": "3.attention.3"}[".".join(parts[5:])]
        return f"body.{parts[1]}.residual_group.{parts[3]}.rcab.{rest}"
    return rename


def rrdb_of_2018(blocks, doublings):
    ends = {"conv_first": "model.0", "trunk_conv": f"model.1.sub.{blocks}"}
    ends.update({f"upconv{i + 1}": f"model.{3 + 3 * i}" for i in range(doublings)})
    ends.update({"HRconv": f"model.{2 + 3 * doublings}", "conv_last": f"model.{4 + 3 * doublings}"})
    return lambda stem: ends.get(stem) or stem.replace("RRDB_trunk", "model.1.sub") + ".0"


def rrdb_basicsr(stem):
    ends = {"conv_first": "conv_first", "trunk_conv": "conv_body", "HRconv": "conv_hr", "conv_last": "conv_last"}
    if stem.startswith("upconv"):
        return f"conv_up{stem[6:]}"
    return ends.get(stem) or stem.replace("RRDB_trunk", "body").replace("RDB", "rdb")


def files(folder):
    random = torch.Generator().manual_seed(5)
    image = torch.rand(2, 3, 5, 6, generator=random, dtype=torch.float64)  # from 0 to 1
    written = {}

    def write(name, content, kind, factor, made, legacy=False):
        torch.save(content, os.path.join(folder, name), _use_new_zipfile_serialization=not legacy)
        written[name] = {"kind": kind, "factor": factor, "images": made.flatten().tolist()}

    for doublings in (1, 2):
        state = random_rcan(2, 3, 6, 2, doublings, doublings)
        double = {name: value.double() for name, value in state.items()}
        made = rcan(double, image * 255, 2, 3, doublings) / 255
        exact = dict(double)
        exact.update({"sub_mean.bias": -255 * MEAN, "add_mean.bias": 255 * MEAN})
        basicsr = renamed(state, rcan_basicsr(2, 3))
        write(f"rcan-x{2 ** doublings}.pt", state, "rcan", 2 ** doublings, made, legacy=True)
        write(f"rcan-module-x{2 ** doublings}.pt", renamed(state, lambda stem: f"module.{stem}"), "rcan", 2 ** doublings, made)
        write(f"rcan-basicsr-x{2 ** doublings}.pth", {"params": basicsr}, "rcan", 2 ** doublings, rcan(exact, image * 255, 2, 3, doublings) / 255)
    moved = random_rcan(1, 1, 16, 1, 1, 9)
    moved["sub_mean.weight"] += 0.1
    moved["add_mean.bias"] -= 20
    made = rcan({name: value.double() for name, value in moved.items()}, image * 255, 1, 1, 1) / 255
    write("rcan-trained-mean.pt", moved, "rcan", 2, made)
    for doublings in (1, 2, 3):
        state = random_rrdb(2, 6, 5, doublings, 10 + doublings)
        made = rrdb({name: value.double() for name, value in state.items()}, image, 2, doublings)
        write(f"esrgan-x{2 ** doublings}.pth", state, "esrgan", 2 ** doublings, made)
        write(f"esrgan-2018-x{2 ** doublings}.pth", renamed(state, rrdb_of_2018(2, doublings)), "esrgan", 2 ** doublings, made, legacy=True)
        if doublings == 2:
            basicsr = renamed(state, rrdb_basicsr)
            worse = collections.OrderedDict((name, value * 0) for name, value in basicsr.items())
            write("esrgan-basicsr.pth", {"params": worse, "params_ema": basicsr}, "esrgan", 4, made)
            write("esrgan-basicsr-params.pth", {"params": renamed(basicsr, lambda stem: f"module.{stem}")}, "esrgan", 4, made)
    return {"image": (image * 2 - 1).flatten().tolist(), "height": 5, "width": 6, "files": written}


def judge(state, x):
    stages = sum(name.endswith("same.weight") for name in state)
    for stage in range(stages):
        for layer, stride in (("same", 1), ("down", 2)):
            name = f"discriminator.{stage}.{layer}"
            x = F.conv2d(x, state[f"{name}.weight"], state[f"{name}.bias"], stride=stride, padding=1)
            if f"{name}.norm.weight" in state:
                x = F.batch_norm(x, None, None, state[f"{name}.norm.weight"], state[f"{name}.norm.bias"], training=True)
            x = lrelu(x)
    x = lrelu(F.linear(x.flatten(1), state["discriminator.hidden.weight"], state["discriminator.hidden.bias"]))
    return F.linear(x, state["discriminator.score.weight"], state["discriminator.score.bias"])


def train(kind, case, settings, perceptual):
    """The authors' alternation for esrgan: the generator's step, then the discriminator's on the images from before it."""
    large = case.pop("large").double()
    fixed = {name: value.double() for name, value in case.items() if "_mean." in name}
    case = {name: value.double().requires_grad_() for name, value in case.items() if name not in fixed}
    perceptual = {name: value.double() for name, value in perceptual.items()}
    factor, total, rate = int(settings["factor"]), int(settings["iterations"]), float(settings["learning_rate"])
    doublings = int(math.log2(factor))
    generator = {name: value for name, value in case.items() if not name.startswith("discriminator.")}
    discriminator = {name: value for name, value in case.items() if name.startswith("discriminator.")}
    phase = int(settings.get("pixel_iterations", total))

    beta2, decay, authors = float(settings.get("beta2", 0.999)), float(settings.get("ema_decay", 0)), settings.get("schedule") == "authors"
    adversarial_rate = float(settings.get("adversarial_learning_rate", rate))
    averages = {name: value.detach().clone() for name, value in generator.items()}

    def adam(state):
        return torch.optim.Adam(state.values(), lr=rate, betas=(0.9, beta2))

    def rates():
        """The authors' step sizes by PyTorch's own schedulers; the cosine begins again one step after a quarter's end."""
        optimizer = torch.optim.SGD([torch.zeros(1)], lr=rate)
        if kind == "rcan":
            scheduler = torch.optim.lr_scheduler.StepLR(optimizer, total // 5, 0.5)
        else:
            quarter, least = phase // 4, 1e-7 / 2e-4 * rate
            for i in range(phase):
                position = i if i <= quarter else (i - 1) % quarter + 1
                yield least + (rate - least) * (1 + math.cos(math.pi * position / quarter)) / 2
            optimizer = torch.optim.SGD([torch.zeros(1)], lr=adversarial_rate)
            rest = total - phase
            scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [rest // 8, rest // 4, rest // 2, rest * 3 // 4], 0.5)
        while True:
            yield optimizer.param_groups[0]["lr"]
            optimizer.step()
            scheduler.step()

    def cosine():
        for i in range(total):
            yield (rate if i < phase else adversarial_rate) * 0.5 * (1 + math.cos(math.pi * i / total))

    schedule = list(itertools.islice(rates() if authors else cosine(), total))

    def step(optimizer, loss, i):
        optimizer.param_groups[0]["lr"] = schedule[i]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def average():
        for name, value in averages.items():
            value.mul_(decay).add_(generator[name].detach(), alpha=1 - decay)

    def enlarge(small):
        if kind == "rcan":
            groups = sum(name.endswith("body.0.body.0.weight") for name in generator)
            blocks = sum(name.startswith("body.0.") and name.endswith("body.0.weight") for name in generator)
            return rcan({**generator, **fixed}, (small + 1) * 127.5, groups, blocks, doublings) / 127.5 - 1
        blocks = sum(name.endswith("RDB1.conv1.weight") for name in generator)
        return rrdb(generator, (small + 1) / 2, blocks, doublings) * 2 - 1

    bce = F.binary_cross_entropy_with_logits

    def relativistic(first, second, truth):
        a, b = first - second.mean(), second - first.mean()
        return (bce(a, torch.full_like(a, truth)) + bce(b, torch.full_like(b, 1 - truth))) / 2

    optimizer, terms = adam(generator), []
    for i, images in enumerate(large):
        if i == phase:
            optimizer, other = adam(generator), adam(discriminator)
        small = F.interpolate(images, scale_factor=1 / factor, mode="bilinear", align_corners=False)
        made = enlarge(small)
        pixel = F.l1_loss(made, images)
        if i < phase:
            terms += [pixel.item()] + ([0, 0, 0] if kind == "esrgan" else [])
            step(optimizer, pixel, i)
            average()
            continue
        looks = F.l1_loss(features(perceptual, made), features(perceptual, images))
        adversarial = relativistic(judge(discriminator, images).detach(), judge(discriminator, made), 0.0)
        weights = [float(settings[name]) for name in ("pixel_weight", "perceptual_weight", "adversarial_weight")]
        step(optimizer, weights[0] * pixel + weights[1] * looks + weights[2] * adversarial, i)
        judgement = relativistic(judge(discriminator, images), judge(discriminator, made.detach()), 1.0)
        step(other, judgement, i)
        average()
        terms += [pixel.item(), looks.item(), adversarial.item(), judgement.item()]
    sums = [sum(value.sum().item() for value in case.values()), sum(value.sum().item() for value in averages.values())]
    return {"terms": terms, "weights": sums}


def main():
    torch.set_num_threads(2)
    if sys.argv[1] == "--files":
        print(json.dumps(files(sys.argv[2])))
    else:
        case, settings = load(sys.argv[2])
        print(json.dumps(train(sys.argv[1], case, settings, load(sys.argv[3])[0])))


if __name__ == "__main__":
    main()
