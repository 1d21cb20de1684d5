"""GuideLLM against a server: no error, and its counts of tokens are the server's.

Usage: guidellm.py URL TOKENMARK WEIGHTS DIRECTORY
"""

import json
import pathlib
import subprocess
import sys

import served

url, tokenmark, weights, directory = sys.argv[1:]
REQUESTS, INPUT, OUTPUT = 48, 64, 16
program = pathlib.Path(sys.executable).parent / "guidellm"
report = pathlib.Path(directory) / "guidellm.json"
subprocess.run(
    [program, "run", "--backend", f"kind=openai_http,target={url},model=smollm2",
     "--profile", "kind=concurrent,streams=8", "--constraint", f"kind=max_requests,count={REQUESTS}",
     "--tokenizer", f"kind=huggingface_auto,model={served.tokenizer(tokenmark, weights, directory)}",
     "--data", f"kind=synthetic_text,prompt_tokens={INPUT},output_tokens={OUTPUT}",
     "--output", f"kind=json,path={report}", "--disable-console"],
    check=True, stdout=sys.stderr)
benchmark = json.loads(report.read_text())["benchmarks"][0]
found = served.counts(url)
totals = benchmark["metrics"]["request_totals"]
assert totals["successful"] == REQUESTS and totals["errored"] == 0, totals
out = benchmark["metrics"]["output_token_count"]["successful"]["total_sum"]
assert out == REQUESTS * OUTPUT and out <= found["generation_tokens_total"], (out, found)
print(f"guidellm: {REQUESTS} requests, {out:.0f} tokens out")
