"""LPIPS 0.1 by PyTorch, independent of the project's code.

    /usr/bin/python3 tests/reference/lpips.py TRUNK WEIGHTS.pt REFERENCE IMAGE [REFERENCE IMAGE ...]   ->   [the number of each pair]

TRUNK: alex, vgg or squeeze. WEIGHTS.pt: a state dict of torchvision's names (features.0.weight) and of LPIPS's heads (lin0.model.1.weight).
    ... lpips.py TRUNK WEIGHTS.pt --features REFERENCE IMAGE   ->   {"loss": mean |V(reference) - V(image)|, "gradient": of the image}
        V: what the third tap gives for images that are resized to 256 by the nearest pixel.
    ... lpips.py vgg WEIGHTS.pt --relu4_2 REFERENCE IMAGE   ->   the same of VGG16's first 21 layers, for images as they are
    ... lpips.py TRUNK --random SEED OUT.pt   writes such a file of random weights, and prints null.
"""
import json
import sys

import needs

needs.modules("numpy", "torch", "PIL")

import numpy as np
import torch
from torch import nn
from PIL import Image


class Fire(nn.Module):
    def __init__(self, inputs, squeezed, expanded):
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, squeezed, 1)
        self.expand1x1 = nn.Conv2d(squeezed, expanded, 1)
        self.expand3x3 = nn.Conv2d(squeezed, expanded, 3, padding=1)

    def forward(self, x):
        x = torch.relu(self.squeeze(x))
        return torch.cat([torch.relu(self.expand1x1(x)), torch.relu(self.expand3x3(x))], 1)


def alex():
    return [
        nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(), nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(), nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(),
    ], [1, 4, 7, 9, 11]


def vgg():
    layers, channels = [], 3
    for size in (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512):
        layers += [nn.Conv2d(channels, size, 3, padding=1), nn.ReLU()] if size else [nn.MaxPool2d(2)]
        channels = size or channels
    return layers, [3, 8, 15, 22, 29]


def squeeze():
    def pool():
        return nn.MaxPool2d(3, 2, ceil_mode=True)

    return [
        nn.Conv2d(3, 64, 3, 2), nn.ReLU(), pool(), Fire(64, 16, 64), Fire(128, 16, 64), pool(), Fire(128, 32, 128), Fire(256, 32, 128), pool(),
        Fire(256, 48, 192), Fire(384, 48, 192), Fire(384, 64, 256), Fire(512, 64, 256),
    ], [1, 4, 7, 9, 10, 11, 12]


def load(path):
    return torch.from_numpy(np.asarray(Image.open(path).convert("RGB")).astype(np.float64)).permute(2, 0, 1)[None] / 127.5 - 1


def main(trunk, *arguments):
    layers, taps = {"alex": alex, "vgg": vgg, "squeeze": squeeze}[trunk]()
    features = nn.Sequential(*layers).double()
    if arguments[0] == "--random":
        torch.manual_seed(int(arguments[1]))
        state = {f"features.{name}": (torch.randn_like(p) * (1.4 / p[0].numel() ** 0.5 if p.dim() > 1 else 0.1)).float() for name, p in features.named_parameters()}
        x = torch.zeros(1, 3, 64, 64, dtype=torch.float64)
        for i, layer in enumerate(features):
            x = layer(x)
            if i in taps:
                state[f"lin{taps.index(i)}.model.1.weight"] = torch.rand(1, x.shape[1], 1, 1)
        torch.save(state, arguments[2])
        print("null")
        return
    state = torch.load(arguments[0])
    features.load_state_dict({name[9:]: value.double() for name, value in state.items() if name.startswith("features.")})
    shift = torch.tensor([-0.030, -0.088, -0.188], dtype=torch.float64).view(1, 3, 1, 1)
    scale = torch.tensor([0.458, 0.448, 0.450], dtype=torch.float64).view(1, 3, 1, 1)
    if arguments[1] in ("--features", "--relu4_2"):
        features = features.float().requires_grad_(False)
        reference, image = (load(path).float() for path in arguments[2:])
        image.requires_grad_()
        x, y, depth = reference, image, 21
        if arguments[1] == "--features":
            x, y = ((nn.functional.interpolate(t, size=256, mode="nearest") - shift.float()) / scale.float() for t in (reference, image))
            depth = taps[2] + 1
        for layer in features[:depth]:
            x, y = layer(x), layer(y)
        loss = (x - y).abs().mean()
        loss.backward()
        print(json.dumps({"loss": loss.item(), "gradient": image.grad.flatten().tolist()}))
        return
    numbers = []
    for pair in zip(arguments[1::2], arguments[2::2]):
        x, y = ((load(path) - shift) / scale for path in pair)
        total = 0.0
        with torch.no_grad():
            for i, layer in enumerate(features):
                x, y = layer(x), layer(y)
                if i in taps:
                    a, b = (t / (t.pow(2).sum(1, keepdim=True).sqrt() + 1e-10) for t in (x, y))
                    head = state[f"lin{taps.index(i)}.model.1.weight"].double()
                    total += nn.functional.conv2d((a - b) ** 2, head).mean().item()
        numbers.append(total)
    print(json.dumps(numbers))


if __name__ == "__main__":
    main(*sys.argv[1:])
