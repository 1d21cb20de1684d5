"""AIPerf against a server: no error, and its counts of tokens are the server's.

Usage: aiperf.py URL TOKENMARK WEIGHTS DIRECTORY
"""

import json
import pathlib
import subprocess
import sys

import served

url, tokenmark, weights, directory = sys.argv[1:]
REQUESTS, INPUT, OUTPUT = 48, 64, 16
program = pathlib.Path(sys.executable).parent / "aiperf"
artifacts = pathlib.Path(directory) / "aiperf"
subprocess.run(
    [program, "profile", "--model", "smollm2", "--url", url, "--endpoint-type", "completions", "--streaming",
     "--tokenizer", served.tokenizer(tokenmark, weights, directory), "--concurrency", "8", "--request-count", str(REQUESTS),
     "--prompt-input-tokens-mean", str(INPUT), "--prompt-output-tokens-mean", str(OUTPUT),
     "--extra-inputs", "ignore_eos:true", "--extra-inputs", "temperature:0", "--use-server-token-count",
     "--ui", "none", "--artifact-dir", artifacts],
    check=True, stdout=sys.stderr)
report = json.loads(next(artifacts.rglob("profile_export_aiperf.json")).read_text())
found = served.counts(url)
assert not report.get("error_summary"), report["error_summary"]
assert report["request_count"]["avg"] == REQUESTS, report["request_count"]
total = report["total_output_tokens"]["avg"]
assert total == REQUESTS * OUTPUT and total <= found["generation_tokens_total"], (total, found)
print(f"aiperf: {REQUESTS} requests, {total:.0f} tokens out, TTFT p50 {report['time_to_first_token']['p50']:.1f} ms, "
      f"ITL mean {report['inter_token_latency']['avg']:.2f} ms")
