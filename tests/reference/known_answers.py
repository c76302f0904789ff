"""Computes, in double precision, what 'pmsfc devices check' compares a device with.

usage: known_answers.py GENERATOR DISCRIMINATOR

Prints JSON. Every input is made of whole numbers or cosines, so that nothing depends on a library's random numbers. The networks, the compositions and
the loss are those of engine_reference.py, written from the equations; Adam and gradient descent are torch.optim's.
"""
import json
import math
import sys

import needs

needs.modules("torch", "numpy")

import torch
import torch.nn.functional as F

from engine_reference import compose_mganprior, compose_pmsfc, features, load, lower, upper

SPLIT, SUBSPACES, CODES, LATENT, ITERATIONS = 3, 3, 2, 128, 50
MASK = (1 << 64) - 1


def numbers(seed, *shape):
    """Numbers from -2 to 2 by SplitMix64, each a multiple of 2^-22."""
    values, state = [], seed
    for _ in range(math.prod(shape)):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        x = state
        x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
        x ^= x >> 31
        values.append((x >> 40) / (1 << 22) - 2)
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def picture(side):
    pixels = [0.5 * math.cos(0.1 * x + 0.07 * (c + 1) * y + c) for c in range(3) for y in range(side) for x in range(side)]
    return torch.tensor(pixels, dtype=torch.float32).double().reshape(1, 3, side, side)


def chosen(tensor, count):
    """Every so-manyth element, as devices are asked for them."""
    flat = tensor.detach().flatten()
    return flat[:: len(flat) // count][:count].tolist()


def search(generator, discriminator, compose, z, w, optimizer):
    target = picture(64)
    wanted = features(discriminator, target)
    losses, first = [], None
    for iteration in range(ITERATIONS):
        image = upper(generator, compose(z, w), SPLIT)
        loss = F.mse_loss(image, target) + 0.001 * F.l1_loss(features(discriminator, image), wanted)
        optimizer.zero_grad()
        loss.backward()
        if iteration == 0:
            first = {"image": chosen(image, 64), "gradientZ": chosen(z.grad, 32), "gradientW": chosen(w.grad, 32)}
        optimizer.step()
        if iteration == 0:
            first |= {"z": chosen(z, 32), "w": chosen(w, 32)}
        losses.append(loss.item())
    return first | {"losses": losses}


def main():
    torch.set_num_threads(2)
    generator, discriminator = ({name: tensor.double() for name, tensor in load(path)[0].items()} for path in sys.argv[1:3])
    z = numbers(1, 4, LATENT).requires_grad_()
    images = upper(generator, lower(generator, z, SPLIT), SPLIT)
    (images * numbers(2, *images.shape)).sum().backward()
    answers = {"forward": chosen(images, 64), "features": chosen(features(discriminator, images), 64), "gradient": chosen(z.grad, 64)}

    channels = lower(generator, numbers(1, 1, LATENT), SPLIT).shape[1]
    labels = torch.tensor([c * 5 % 11 % SUBSPACES for c in range(channels)], dtype=torch.float64)
    z, w = numbers(3, SUBSPACES, CODES, LATENT).requires_grad_(), (numbers(4, CODES, channels) * 0.125 + 1).requires_grad_()
    adam = torch.optim.Adam([{"params": [z], "lr": 0.02}, {"params": [w], "lr": 0.01}], betas=(0.9, 0.999))
    answers["pmsfc"] = search(generator, discriminator, lambda z, w: compose_pmsfc(generator, z, w, labels, SPLIT), z, w, adam)

    z, w = numbers(5, 5, LATENT).requires_grad_(), (numbers(6, 5, channels) * 0.125 + 1).requires_grad_()
    descent = torch.optim.SGD([{"params": [z], "lr": 1.0}, {"params": [w], "lr": 1.0}])
    answers["mganprior"] = search(generator, discriminator, lambda z, w: compose_mganprior(generator, z, w, SPLIT), z, w, descent)
    print(json.dumps(answers, indent=1))


if __name__ == "__main__":
    main()
