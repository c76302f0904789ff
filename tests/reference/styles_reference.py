"""An independent PyTorch version of the methods that search styles of a StyleGAN2 generator.

usage: styles_reference.py GENERATOR DISCRIMINATOR CASE

CASE is a safetensors file of one image with the target [3, H, W], the start w [P, S] (or [1, S]), for the methods projector and pti noise0, noise1, ... [1, h, h] and
jitter [steps, S], for pmsfc [R, K, …] and mganprior [N, …] the codes z, the weights w, labels [C] and perhaps styles [places after the cut, S], and the
metadata method (image2stylegan | sam | projector | bdinvert | pti | pmsfc | mganprior), steps, learning_rate, beta2, schedule (constant | ramps), weight (of the
features' term), for compositions split, weight_pace, code_space (z | w) and lower_image (mean | none), for bdinvert f [C, h, w], mean [S] and whitening [S, S] and the
metadata split, base_weight and style_weight, for sam split, correction_weight and style_weight, for projector and pti noise_weight, style_jitter, jitter_share and spread, for pti start_steps and
start_learning_rate. Prints JSON:
`losses` of each step, before its update, in double precision.
"""
import json
import math
import sys

import needs

needs.modules("torch", "numpy")

import torch
import torch.nn.functional as F

from engine_reference import features, load
from stylegan2 import advance, mapped, own_noise, synthesize, with_rgb


def scale(schedule, t):
    if schedule == "constant":
        return 1
    ramp = min(1.0, (1.0 - t) / 0.25)
    return (0.5 - 0.5 * math.cos(ramp * math.pi)) * min(1.0, t / 0.05)


def pattern(noise):
    total = 0.0
    while True:
        total = total + (noise * torch.roll(noise, shifts=1, dims=3)).mean() ** 2
        total = total + (noise * torch.roll(noise, shifts=1, dims=2)).mean() ** 2
        if noise.shape[2] <= 8:
            return total
        noise = F.avg_pool2d(noise, kernel_size=2)


def tuned(state):
    """Names of what comes after the mapping and is learned."""
    for name in state:
        if name.startswith(("style.", "noises.", "latent_avg")) or name.endswith("kernel"):
            continue
        if not name.endswith("noise.weight") or "noises.noise_0" in state:
            yield name


def composed(state, constant, settings, z, w, labels):
    """The maps after the cut, the image so far and the style of G2, of one image's codes."""
    split, depth = int(settings["split"]), sum(name.startswith("style.") and name.endswith("weight") for name in state)
    grouped = z if settings["method"] == "pmsfc" else z[None]
    maps, images, styles = [], [], []
    for r, codes in enumerate(grouped):
        found = []
        for code in codes:
            style = code[None] if settings["code_space"] == "w" else mapped(state, depth, code)
            x, image = advance(state, state["input.input"].double(), None, lambda place: style, constant, None, 0, split)
            found.append(x)
            images.append(image)
            styles.append(style)
        if settings["method"] == "pmsfc":
            shares = torch.tanh(w) / torch.tanh(w).sum(0)
            mask = (labels == r).double().view(1, -1, 1, 1)
        else:
            shares, mask = w / len(codes), 1
        maps.append(mask * sum(x * share.view(1, -1, 1, 1) for x, share in zip(found, shares)))
    image = None if settings["lower_image"] == "none" or images[0] is None else sum(images) / len(images)
    return sum(maps), image, sum(styles) / len(styles)


def main():
    torch.set_num_threads(2)
    state, discriminator = load(sys.argv[1])[0], {name: value.double() for name, value in load(sys.argv[2])[0].items()}
    case, settings = load(sys.argv[3])
    method, steps = settings["method"], int(settings["steps"])
    target, weight = case["target"].double()[None], float(settings["weight"])
    blocks = sum(name.endswith("activate.bias") for name in state)
    resolutions = (blocks + 1) // 2
    constant = own_noise(state, blocks)

    w = case["w"].double().requires_grad_()
    parameters = [w]
    if method == "sam":
        split = int(settings["split"])
        with torch.no_grad():
            x, _ = advance(state, state["input.input"].double(), None, lambda place: w[place][None], constant, None, 0, split)
        correction = torch.zeros_like(x).requires_grad_()
        parameters.append(correction)
    if method in ("projector", "pti"):
        noises = [case[f"noise{i}"].double()[None].requires_grad_() for i in range(blocks)]
        parameters += noises
    if method == "bdinvert":
        split, base = int(settings["split"]), case["f"].double()[None].requires_grad_()
        start, mean, whitening = base.detach().clone(), case["mean"].double(), case["whitening"].double()
        parameters.append(base)
    if method in ("pmsfc", "mganprior"):
        split, z = int(settings["split"]), case["z"].double().requires_grad_()
        upper = case["styles"].double().requires_grad_() if "styles" in case else None
        parameters += [z] if upper is None else [z, upper]
    rate = float(settings["learning_rate"])
    pace = float(settings.get("weight_pace", 1))
    groups = [{"params": [parameter], "pace": pace if parameter is w else 1} for parameter in parameters]
    optimizer = torch.optim.Adam(groups, lr=rate, betas=(0.9, float(settings["beta2"])))
    wanted, losses = features(discriminator, target), []
    early = int(settings.get("start_steps", steps))
    if method == "pti":
        for group in optimizer.param_groups:
            group["pace"] = float(settings["start_learning_rate"]) / rate
    for step in range(steps):
        t, penalty = step / early, 0.0
        if method == "pti" and step == early:
            pivot = w.detach()
            own = {name: torch.zeros_like(state[name].double()).requires_grad_() for name in tuned(state)}
            optimizer = torch.optim.Adam([{"params": list(own.values()), "pace": 1}], lr=rate, betas=(0.9, float(settings["beta2"])))
        if method == "image2stylegan":
            image = synthesize(state, resolutions, lambda place: w[place][None], constant)
        elif method == "sam":

            def style(place):
                return w[place][None]

            x, image = advance(state, state["input.input"].double(), None, style, constant, None, 0, split)
            x, image = advance(state, x + correction, image, style, constant, None, split, blocks)
            image = with_rgb(state, x, image, style, None, blocks).expand(-1, 3, -1, -1)
            penalty = float(settings["correction_weight"]) * correction.square().mean()
            for place in range(1, w.shape[0]):
                penalty = penalty + float(settings["style_weight"]) * torch.norm(w[place] - w[0], 2)
        elif method == "bdinvert":

            def style(place):
                return w[place - split][None]

            x, image = advance(state, base, None, style, constant, None, split, blocks)
            image = with_rgb(state, x, image, style, None, blocks).expand(-1, 3, -1, -1)
            penalty = float(settings["base_weight"]) * (base - start).square().mean()
            penalty = penalty + float(settings["style_weight"]) * ((F.leaky_relu(w, 5.0) - mean) @ whitening).square().mean()
        elif method in ("pmsfc", "mganprior"):
            x, image, mean = composed(state, constant, settings, z, w, case["labels"])

            def style(place):
                return mean if upper is None else upper[place - split][None]

            x, image = advance(state, x, image, style, constant, None, split, blocks)
            image = with_rgb(state, x, image, style, None, blocks).expand(-1, 3, -1, -1)
        elif step >= early:
            moved_state = {**state, **{name: state[name].double() + change for name, change in own.items()}}
            image = synthesize(moved_state, resolutions, lambda place: pivot, constant)
        else:
            left = max(0.0, 1.0 - t / float(settings["jitter_share"]))
            deviation = float(settings["spread"]) * float(settings["style_jitter"]) * left**2
            moved = w + case["jitter"][step].double() * deviation
            image = synthesize(state, resolutions, lambda place: moved, noises)
            penalty = float(settings["noise_weight"]) * sum(pattern(noise) for noise in noises)
        loss = (image - target).square().mean() + weight * (features(discriminator, image) - wanted).abs().mean() + penalty
        losses.append(loss.item())
        for group in optimizer.param_groups:
            group["lr"] = rate * group["pace"] * (scale(settings["schedule"], t) if step < early else 1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if method in ("projector", "pti") and step < early:
            with torch.no_grad():
                for noise in noises:
                    noise -= noise.mean()
                    noise *= noise.square().mean().rsqrt()
    print(json.dumps({"losses": losses}))


if __name__ == "__main__":
    main()
