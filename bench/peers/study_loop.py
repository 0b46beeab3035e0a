#!/usr/bin/env python3
"""A whole study as a researcher would write it in plain PyTorch: run after run, one prompt at a time.

    study_loop.py [--runs 30] [--queries 32] [--demonstrations 4] [--epochs 10] [--threads 2] [--dtype fp32] [--json]

For every run: the states (last token, every layer) of each query after an instruction (anchor) and after the demonstrations (ICL);
then LoRA r 8 on q and v, tuned on the demonstrations one at a time, and the states of the same queries under it (IT); and the
cosines of the three pairs. Weights and tokens are random, lengths fixed: only the time counts. Where two ways are usual, the
faster one is taken: no logits where only states are wanted, and in tuning logits of the answer alone.

'converge bench --study --peer' runs it with the sizes of its own study. Needs Debian's python3-torch and libopenblas0-openmp.
"""
import argparse
import json
import os
import sys
import time


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    sizes = {"hidden": 1024, "intermediate": 2816, "layers": 12, "heads": 16, "kv-heads": 16, "vocabulary": 32000, "threads": 2,
             "runs": 30, "queries": 32, "demonstrations": 4, "instruction-tokens": 20, "demonstration-tokens": 30,
             "query-tokens": 30, "answer-tokens": 2, "epochs": 10}
    for name, default in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--dtype", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def restart_in_clean_environment(threads):
    """OpenBLAS reads its settings when it is loaded; its build with pthreads would fight PyTorch's own threads."""
    if os.environ.get("STUDY_LOOP_RESTARTED"):
        return
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    environment.update(STUDY_LOOP_RESTARTED="1", OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads))
    openmp = "/usr/lib/x86_64-linux-gnu/openblas-openmp"
    if os.path.isdir(openmp):
        environment["LD_LIBRARY_PATH"] = openmp
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)


options = arguments()
restart_in_clean_environment(options.threads)

import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

DTYPE = {"fp32": torch.float32, "bf16": torch.bfloat16}[options.dtype]


class RMSNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width, dtype=DTYPE))

    def forward(self, x):
        wide = x.float()
        return self.weight * (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + 1e-5)).to(x.dtype)


class Adapted(nn.Module):
    """A linear layer that may carry a LoRA adapter in float32."""

    def __init__(self, base, rank=8, alpha=32, dropout=0.05):
        super().__init__()
        self.base, self.rank, self.scale, self.dropout = base, rank, alpha / rank, nn.Dropout(dropout)
        self.down = self.up = None

    def attach(self):
        self.down = nn.Parameter(torch.empty(self.rank, self.base.in_features).uniform_(-1, 1) / self.base.in_features ** 0.5)
        self.up = nn.Parameter(torch.zeros(self.base.out_features, self.rank))
        return [self.down, self.up]

    def detach(self):
        self.down = self.up = None

    def forward(self, x):
        y = self.base(x)
        if self.down is None:
            return y
        return y + (self.scale * functional.linear(functional.linear(self.dropout(x.float()), self.down), self.up)).to(y.dtype)


def linear(inputs, outputs):
    layer = nn.Linear(inputs, outputs, bias=False, dtype=DTYPE)
    nn.init.normal_(layer.weight, std=0.02)
    return layer


def rotate(x, cosines, sines):
    first, second = x.chunk(2, dim=-1)
    return x * cosines + torch.cat((-second, first), dim=-1) * sines


class Attention(nn.Module):
    def __init__(self, width, heads, groups):
        super().__init__()
        self.size, self.repeats = width // heads, heads // groups
        self.q, self.k = Adapted(linear(width, width)), linear(width, groups * self.size)
        self.v, self.o = Adapted(linear(width, groups * self.size)), linear(width, width)

    def split(self, x):
        return x.unflatten(-1, (-1, self.size)).transpose(1, 2)

    def forward(self, x, cosines, sines, mask):
        q, k, v = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
        q, k = rotate(q, cosines, sines), rotate(k, cosines, sines)
        k, v = k.repeat_interleave(self.repeats, 1), v.repeat_interleave(self.repeats, 1)
        scores = q @ k.transpose(-1, -2) / self.size ** 0.5 + mask
        seen = functional.softmax(scores.float(), dim=-1).to(x.dtype) @ v
        return self.o(seen.transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.gate, self.up, self.down = linear(width, inner), linear(width, inner), linear(inner, width)

    def forward(self, x):
        return self.down(functional.silu(self.gate(x)) * self.up(x))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.attention = RMSNorm(options.hidden), Attention(options.hidden, options.heads, options.kv_heads)
        self.norm2, self.feed_forward = RMSNorm(options.hidden), FeedForward(options.hidden, options.intermediate)

    def forward(self, x, *context):
        x = x + self.attention(self.norm1(x), *context)
        return x + self.feed_forward(self.norm2(x))


class Llama(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(options.vocabulary, options.hidden, dtype=DTYPE)
        self.blocks = nn.ModuleList(Block() for _ in range(options.layers))
        self.norm, self.head = RMSNorm(options.hidden), linear(options.hidden, options.vocabulary)

    def forward(self, tokens):
        """The hidden states of every layer, as the usual library returns them: the last one after the final norm."""
        length, size = tokens.shape[1], options.hidden // options.heads
        angles = torch.outer(torch.arange(length).float(), 1e4 ** (-torch.arange(0, size, 2).float() / size)).repeat(1, 2)
        mask = torch.full((length, length), float("-inf"), dtype=DTYPE).triu(1)
        x = self.embedding(tokens)
        states = [x]
        for block in self.blocks:
            x = block(x, angles.cos().to(DTYPE), angles.sin().to(DTYPE), mask)
            states.append(x)
        states[-1] = self.norm(x)
        return states


def draw(count, length):
    return [torch.randint(0, options.vocabulary, (length,)) for _ in range(count)]


def states_of(model, prompts):
    """[prompts, layers + 1, hidden] of the last token, one prompt at a time."""
    model.eval()
    with torch.inference_mode():
        return torch.stack([torch.stack([state[0, -1] for state in model(prompt.unsqueeze(0))]) for prompt in prompts]).float()


def tune(model, rows):
    """A fresh adapter, tuned on one row at a time; the loss is on the answer, the last tokens of a row."""
    model.train()
    parameters = [p for block in model.blocks for layer in (block.attention.q, block.attention.v) for p in layer.attach()]
    optimizer = torch.optim.AdamW(parameters, lr=1e-4, weight_decay=0.0)
    answer = options.answer_tokens
    for _ in range(options.epochs):
        for row in rows:
            optimizer.zero_grad(set_to_none=True)
            logits = model.head(model(row.unsqueeze(0))[-1][0, -answer - 1:-1])
            functional.cross_entropy(logits.float(), row[-answer:]).backward()
            optimizer.step()


def one_run(model, clock):
    instruction, = draw(1, options.instruction_tokens)
    demonstrations, queries = draw(options.demonstrations, options.demonstration_tokens), draw(options.queries, options.query_tokens)
    anchor = clock("anchor", lambda: states_of(model, [torch.cat((instruction, query)) for query in queries]))
    icl = clock("icl", lambda: states_of(model, [torch.cat((*demonstrations, query)) for query in queries]))
    clock("tuning", lambda: tune(model, [torch.cat((instruction, demonstration)) for demonstration in demonstrations]))
    it = clock("it", lambda: states_of(model, [torch.cat((instruction, query)) for query in queries]))
    for block in model.blocks:
        block.attention.q.detach()
        block.attention.v.detach()
    pairs = (("anchor-icl", anchor, icl), ("anchor-it", anchor, it), ("icl-it", icl, it))
    return {name: functional.cosine_similarity(a, b, dim=-1).mean(0).tolist() for name, a, b in pairs}


def main():
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    model = Llama().requires_grad_(False)
    states_of(model, draw(1, 8))  # the first pass allocates
    seconds = dict.fromkeys(("anchor", "icl", "tuning", "it"), 0.0)

    def clock(phase, work):
        start = time.perf_counter()
        result = work()
        seconds[phase] += time.perf_counter() - start
        return result

    start = time.perf_counter()
    for run in range(options.runs):
        cosines = one_run(model, clock)
        if not options.json:
            print(f"run {run + 1} of {options.runs}: {time.perf_counter() - start:.1f} s, icl-it {cosines['icl-it'][-1]:.4f} in the last layer", flush=True)
    whole = time.perf_counter() - start
    if options.json:
        print(json.dumps({"seconds": whole, "phases": seconds, "torch": torch.__version__, "dtype": options.dtype, "threads": options.threads}))
    else:
        print(f"{whole:.1f} s in all: " + ", ".join(f"{phase} {value:.1f} s" for phase, value in seconds.items()))


main()
