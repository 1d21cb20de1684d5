"""OpenAI's own SDK against a server: whole and streamed answers, several at once, logprobs, errors, hanging up.

Usage: sdk.py URL TOKENMARK WEIGHTS DIRECTORY
"""

import asyncio
import subprocess
import sys
import time
import urllib.request

import openai

url, tokenmark, weights, _ = sys.argv[1:]
client = openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)
PROMPTS = ["The capital of France is", "Once upon a time", "2 + 2 =", "def add(a, b):", "水是"]


def generated(prompt, tokens, *options):
    """What the program itself makes of a prompt."""
    command = [tokenmark, "generate", "--weights", weights, "--precision", "f32", "--prompt", prompt,
               "--max-new-tokens", str(tokens), *options]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.removesuffix("\n")


def metric(name):
    """A sample of /metrics."""
    text = urllib.request.urlopen(f"{url}/metrics").read().decode()
    return next(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name + "{"))


def expect(what, found, wanted):
    assert found == wanted, f"{what}: {found!r}, not {wanted!r}"


def completions():
    model = client.models.list().data[0].id
    expect("the model", model, "smollm2")
    for prompt in PROMPTS:
        wanted = generated(prompt, 24)
        whole = client.completions.create(model=model, prompt=prompt, max_tokens=24, temperature=0)
        expect(prompt, whole.choices[0].text, wanted)
        chunks = list(client.completions.create(
            model=model, prompt=prompt, max_tokens=24, temperature=0, stream=True, stream_options={"include_usage": True}))
        expect(prompt, "".join(chunk.choices[0].text for chunk in chunks if chunk.choices), wanted)
        expect("usage", chunks[-1].usage.completion_tokens, whole.usage.completion_tokens)
        ends = [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices]
        expect("ends", [end for end in ends if end], [whole.choices[0].finish_reason])
    both = client.completions.create(model=model, prompt=PROMPTS[:2], max_tokens=8, temperature=0, n=2)
    expect("indices", [choice.index for choice in both.choices], [0, 1, 2, 3])
    for index, prompt in enumerate(PROMPTS[:2]):
        for choice in both.choices[2 * index:2 * index + 2]:
            expect(prompt, choice.text, generated(prompt, 8))
    stopped = client.completions.create(model=model, prompt=PROMPTS[0], max_tokens=24, temperature=0, stop=[" is", "."])
    expect("finish", stopped.choices[0].finish_reason, "stop")
    full = generated(PROMPTS[0], 24)
    cut = min((place for place in (full.find(" is"), full.find(".")) if place >= 0))
    expect("a stop", stopped.choices[0].text, full[:cut])


def logprobs():
    answer = client.completions.create(model="smollm2", prompt=PROMPTS[0], max_tokens=6, temperature=0, logprobs=3, echo=True)
    found = answer.choices[0].logprobs
    expect("tokens", "".join(found.tokens), answer.choices[0].text)
    expect("the first", found.token_logprobs[0], None)
    assert all(value <= 0 for value in found.token_logprobs[1:])
    assert len(found.top_logprobs[-1]) in (3, 4) and max(found.top_logprobs[-1].values()) == found.token_logprobs[-1]
    chat = client.chat.completions.create(
        model="smollm2", messages=[{"role": "user", "content": "Hi"}], max_tokens=4, temperature=0, logprobs=True, top_logprobs=2)
    content = chat.choices[0].logprobs.content
    expect("tokens", b"".join(bytes(token.bytes) for token in content).decode(), chat.choices[0].message.content)
    assert all(len(token.top_logprobs) == 2 for token in content)


def chats():
    message = "What is the capital of France?"
    wanted = generated(message, 24, "--chat")
    messages = [{"role": "user", "content": [{"type": "text", "text": message}]}]
    whole = client.chat.completions.create(model="smollm2", messages=messages, max_completion_tokens=24, temperature=0)
    expect(message, whole.choices[0].message.content, wanted)
    chunks = list(client.chat.completions.create(model="smollm2", messages=messages, max_tokens=24, temperature=0, stream=True))
    expect("the role", chunks[0].choices[0].delta.role, "assistant")
    expect(message, "".join(chunk.choices[0].delta.content or "" for chunk in chunks), wanted)
    drawn = [client.chat.completions.create(model="smollm2", messages=messages, max_tokens=16, temperature=1.5, seed=7)
             .choices[0].message.content for _ in range(2)]
    expect("the same seed", drawn[0], drawn[1])


async def at_once():
    """64 requests of several lengths, each as if it were alone."""
    many = openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)
    wanted = {(prompt, tokens): generated(prompt, tokens) for prompt in PROMPTS for tokens in (5, 17)}

    async def ask(prompt, tokens):
        text = ""
        stream = await many.completions.create(model="smollm2", prompt=prompt, max_tokens=tokens, temperature=0, stream=True)
        async for chunk in stream:
            text += chunk.choices[0].text
        expect(prompt, text, wanted[prompt, tokens])

    jobs = [(PROMPTS[index % 5], (5, 17)[index % 2]) for index in range(64)]
    await asyncio.gather(*(ask(*job) for job in jobs))


def errors():
    for arguments, kind, param in [
        ({"model": "other", "prompt": "x"}, openai.NotFoundError, "model"),
        ({"model": "smollm2", "prompt": "x", "temperature": -1}, openai.BadRequestError, "temperature"),
        ({"model": "smollm2", "prompt": "x", "max_tokens": 100_000}, openai.BadRequestError, "prompt"),
        ({"model": "smollm2", "prompt": [10 ** 8]}, openai.BadRequestError, "prompt"),
        ({"model": "smollm2", "prompt": "x", "suffix": "y"}, openai.BadRequestError, "suffix"),
    ]:
        try:
            client.completions.create(**arguments)
        except kind as error:
            expect("the field", error.param, param)
        else:
            raise AssertionError(f"{arguments} was answered")


def hanging_up():
    stream = client.completions.create(
        model="smollm2", prompt=PROMPTS[1], max_tokens=3000, temperature=0, stream=True, extra_body={"ignore_eos": True})
    next(iter(stream))
    stream.response.close()
    for _ in range(100):
        if metric("vllm:num_requests_running") == 0:
            return
        client.completions.create(model="smollm2", prompt="x", max_tokens=1)
        time.sleep(0.05)
    raise AssertionError("who hung up is still served")


completions()
logprobs()
chats()
asyncio.run(at_once())
errors()
hanging_up()
print("openai", openai.__version__, "is answered as it should be")
