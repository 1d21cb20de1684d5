"""What a server counted, and the directory of the model it serves: what the scripts of load tools share."""

import pathlib
import subprocess
import urllib.request


def counts(url):
    """Tokens in, tokens out and answers by their ends, since the server began."""
    text = urllib.request.urlopen(f"{url}/metrics").read().decode()
    found = {}
    for line in text.splitlines():
        for name in ("prompt_tokens_total", "generation_tokens_total", "request_success_total"):
            if line.startswith(f"vllm:{name}{{"):
                key = name if name != "request_success_total" else line.split('finished_reason="')[1].split('"')[0]
                found[key] = float(line.split()[-1])
    return found


def tokenizer(tokenmark, weights, directory):
    """A Hugging Face directory with the model's tokenizer, as load tools want one."""
    path = pathlib.Path(directory) / "model"
    if not path.exists():
        subprocess.run([tokenmark, "convert", "--weights", weights, "--to", "safetensors", "--precision", "bf16", "--output", str(path)],
                       check=True, capture_output=True)
    return str(path)
