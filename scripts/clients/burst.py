"""Sends so many requests of token ids at one moment, several times, and prints the tokens per second of each time.

Usage: burst.py URL REQUESTS INPUT OUTPUT ROUNDS

Whole answers, so that next to nothing of the machine is spent on reading them. The connections are open before.
"""

import http.client
import json
import random
import sys
import threading
import time
import urllib.parse

url = urllib.parse.urlparse(sys.argv[1])
requests, input_tokens, output_tokens, rounds = map(int, sys.argv[2:])
source = random.Random(requests)
connections = [http.client.HTTPConnection(url.hostname, url.port, timeout=3600) for _ in range(requests)]
for connection in connections:
    connection.connect()


def ask(connection, body, barrier, ends, index):
    barrier.wait()
    connection.request("POST", "/v1/completions", body, {"Content-Type": "application/json"})
    answer = json.load(connection.getresponse())
    ends[index] = time.perf_counter()
    usage = answer["usage"]
    assert (usage["prompt_tokens"], usage["completion_tokens"]) == (input_tokens, output_tokens), answer


rates = []
for _ in range(rounds + 1):
    barrier = threading.Barrier(requests + 1)
    ends = [0.0] * requests
    threads = []
    for index, connection in enumerate(connections):
        prompt = [source.randrange(100, 20_000) for _ in range(input_tokens)]
        body = json.dumps({"prompt": prompt, "max_tokens": output_tokens, "ignore_eos": True, "temperature": 0})
        threads.append(threading.Thread(target=ask, args=(connection, body, barrier, ends, index)))
        threads[-1].start()
    barrier.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    rates.append(requests * output_tokens / (max(ends) - start))
# The first round warms up.
print(*(f"{rate:.2f}" for rate in rates[1:]))
