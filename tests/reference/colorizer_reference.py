"""An independent PyTorch version of Zhang, Isola and Efros' colorizer, of its colour spaces and of its training.

    colorizer_reference.py --random CHECKPOINT.pth WIDTH BINS
writes a random network under the public checkpoint's names, and prints JSON: `lightness` [2, 1, 32, 24] and `colors` [2, 2, 32, 24], what the
network makes of it, in double precision.

    colorizer_reference.py --lab
prints JSON: `rgb` [500 × 3] from 0 to 1, and its CIELAB `lab`, by numpy in double precision; `bins`, the points of the grid of 10 in a and b to which
some colour of sRGB is nearest.

    colorizer_reference.py GENERATOR CASE
trains. CASE is a safetensors file with the network's first weights and buffers by name, the codes of each step [steps, batch, latent], those of the
batches in which colours are counted, and the metadata iterations, learning_rate, uniform_share. Prints JSON: `terms`, the loss of each step, and
`running`, the running means and variances after the last one, in the order of their layers.
"""
import json
import math
import sys

import needs

needs.modules("numpy", "torch")

import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

RGB_TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])


def lab(rgb):
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((np.maximum(rgb, 0.04045) + 0.055) / 1.055) ** 2.4)
    t = linear @ RGB_TO_XYZ.T / RGB_TO_XYZ.sum(1)
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1)


def grid():
    """Every colour of a cube of 86³, and finer on the cube's surface."""
    steps = np.arange(0, 256, 3) / 255
    solid = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(-1, 3)
    fine = np.arange(256) / 255
    u, v = (x.reshape(-1) for x in np.meshgrid(fine, fine))
    sides = [np.stack([*[(u, v)[i] for i in range(axis)], np.full_like(u, edge), *[(u, v)[i] for i in range(axis, 2)]], -1)
             for axis in range(3) for edge in (0.0, 1.0)]
    chroma = lab(np.concatenate([solid, *sides]))[:, 1:]
    return np.unique(np.rint(chroma / 10).astype(int) * 10, axis=0)


def network(width, bins):
    layers, inputs = [], 1
    for maps, count, last, dilation in ((1, 2, 2, 1), (2, 2, 2, 1), (4, 3, 2, 1), (8, 3, 1, 1), (8, 3, 1, 2), (8, 3, 1, 2), (8, 3, 1, 1)):
        group = []
        for i in range(count):
            stride = last if i == count - 1 else 1
            group += [nn.Conv2d(inputs, maps * width, 3, stride, padding=dilation, dilation=dilation), nn.ReLU()]
            inputs = maps * width
        layers.append(nn.Sequential(*group, nn.BatchNorm2d(inputs)))
    layers.append(nn.Sequential(
        nn.ConvTranspose2d(8 * width, 4 * width, 4, 2, 1), nn.ReLU(), nn.Conv2d(4 * width, 4 * width, 3, padding=1), nn.ReLU(),
        nn.Conv2d(4 * width, 4 * width, 3, padding=1), nn.ReLU(), nn.Conv2d(4 * width, bins, 1)))
    module = nn.Module()
    for i, layer in enumerate(layers):
        module.add_module(f"model{i + 1}", layer)
    module.add_module("model_out", nn.Conv2d(bins, 2, 1, bias=False))
    return module


def classify(module, lightness):
    x = (lightness - 50) / 100
    for i in range(8):
        x = getattr(module, f"model{i + 1}")(x)
    return x


def published(path, width, bins):
    torch.manual_seed(5)
    module = network(width, bins)
    for name, value in module.state_dict().items():
        if name.endswith("running_var"):
            value.uniform_(0.1, 2)
        elif name.endswith("running_mean"):
            value.normal_(0, 0.3)
    with torch.no_grad():
        module.model8[-1].weight.mul_(20)
        module.model_out.weight.normal_()
    torch.save(module.state_dict(), path)
    module = module.double().eval()
    lightness = torch.rand(2, 1, 32, 24, dtype=torch.float64) * 100
    with torch.no_grad():
        colors = module.model_out(classify(module, lightness).softmax(1))
        colors = F.interpolate(colors, scale_factor=4, mode="bilinear", align_corners=False) * 110
    return {"lightness": lightness.flatten().tolist(), "colors": colors.flatten().tolist()}


def train(generator_path, case_path):
    from encoder_reference import generate
    from engine_reference import load, pixel_norm

    generator = load(generator_path)[0]
    case, settings = load(case_path)
    codes, counted = case.pop("codes"), case.pop("counted")
    centers = torch.from_numpy(grid()).double()

    def sample(z):
        with torch.no_grad():
            rgb = (generate(generator, pixel_norm(z)).clamp(-1, 1).double() + 1) / 2
        gray = (rgb * torch.tensor([0.299, 0.587, 0.114], dtype=torch.float64).view(1, 3, 1, 1)).sum(1)
        lightness = torch.from_numpy(lab(np.repeat(gray.numpy()[..., None], 3, -1))[..., 0])[:, None].float()
        ab = F.avg_pool2d(torch.from_numpy(lab(rgb.permute(0, 2, 3, 1).numpy())[..., 1:]).permute(0, 3, 1, 2), 4)
        return lightness, ab.permute(0, 2, 3, 1).reshape(-1, 2)

    def encode(ab):
        distance = torch.cdist(ab, centers)
        shares = torch.zeros_like(distance)
        near = distance.topk(5, largest=False).indices
        shares.scatter_(1, near, torch.exp(-distance.gather(1, near) ** 2 / 50))
        return shares / shares.sum(1, keepdim=True), near[:, 0]

    counts = torch.zeros(len(centers), dtype=torch.float64)
    for z in counted:
        counts += torch.bincount(encode(sample(z)[1])[1], minlength=len(centers))
    p = torch.exp(-torch.cdist(centers, centers) ** 2 / 50) @ (counts / counts.sum())
    p = p / p.sum()
    share = float(settings["uniform_share"])
    rebalance = 1 / ((1 - share) * p + share / len(centers))
    rebalance = (rebalance / (rebalance * p).sum()).float()

    module = network(case["model1.0.weight"].shape[0], len(centers))
    module.load_state_dict(case, strict=False)
    trained = [value for name, value in module.named_parameters() if not name.startswith("model_out")]
    total, rate = int(settings["iterations"]), float(settings["learning_rate"])
    beta2, decay = float(settings.get("beta2", 0.999)), float(settings.get("weight_decay", 0))
    normalizations = {id(value) for part in module.modules() if isinstance(part, nn.BatchNorm2d) for value in part.parameters()}
    groups = [{"params": [value for value in trained if (id(value) in normalizations) == normal], "weight_decay": 0 if normal else decay}
              for normal in (False, True)]
    optimizer = torch.optim.Adam(groups, lr=rate, betas=(0.9, beta2))
    terms = []
    for step, z in enumerate(codes):
        lightness, ab = sample(z)
        shares, nearest = encode(ab)
        logits = classify(module, lightness).permute(0, 2, 3, 1).reshape(-1, len(centers))
        loss = (rebalance[nearest] * -(shares.float() * logits.log_softmax(1)).sum(1)).mean()
        terms.append(loss.item())
        for group in optimizer.param_groups:
            if settings.get("schedule") == "authors":
                group["lr"] = rate * 0.1 ** sum(20 * step >= twentieths * total for twentieths in (9, 18))
            else:
                group["lr"] = rate * 0.5 * (1 + math.cos(math.pi * step / total))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    running = [value.flatten() for name, value in module.named_buffers() if "running" in name]
    return {"terms": terms, "running": torch.cat(running).tolist()}


def main():
    torch.set_num_threads(2)
    if sys.argv[1] == "--lab":
        rgb = np.concatenate([np.random.default_rng(3).random((470, 3)), np.repeat(np.linspace(0, 1, 10)[:, None], 3, 1), np.random.default_rng(4).random((20, 3)) * 0.03])
        print(json.dumps({"rgb": rgb.flatten().tolist(), "lab": lab(rgb).flatten().tolist(), "bins": grid().flatten().tolist()}))
    elif sys.argv[1] == "--random":
        print(json.dumps(published(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))
    else:
        print(json.dumps(train(sys.argv[1], sys.argv[2])))


if __name__ == "__main__":
    main()
