"""lm-evaluation-harness against a server: its log-likelihoods are those of the program's own logits.

Usage: harness.py URL TOKENMARK WEIGHTS DIRECTORY
"""

import json
import sys
import urllib.request

from lm_eval.api.instance import Instance
from lm_eval.models.openai_completions import LocalCompletionsAPI

url, _, _, _ = sys.argv[1:]
PAIRS = [("The capital of France is", " Paris"), ("The capital of France is", " a banana"), ("2 + 2 =", " 4"), ("", "Hello there")]


def post(path, **body):
    request = urllib.request.Request(
        url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))



def scored(context, continuation):
    """The sum of what each token of the continuation has, one request at a time, from answers and not from echoes."""
    known = post("/tokenize", prompt=context, add_special_tokens=False)["tokens"] or [0]
    rest = post("/tokenize", prompt=context + continuation, add_special_tokens=False)["tokens"][len(known) if context else 0:]
    total, greedy = 0.0, True
    for token in rest:
        answer = post("/v1/completions", prompt=known, max_tokens=1, temperature=0, logprobs=0, ignore_eos=True,
                      logit_bias={str(token): 100}, return_token_ids=True)
        choice = answer["choices"][0]
        assert choice["token_ids"] == [token], choice
        total += choice["logprobs"]["token_logprobs"][0]
        plain = post("/v1/completions", prompt=known, max_tokens=1, temperature=0, ignore_eos=True, return_token_ids=True)
        greedy = greedy and plain["choices"][0]["token_ids"] == [token]
        known = known + [token]
    return total, greedy


model = LocalCompletionsAPI(
    model="smollm2", base_url=f"{url}/v1/completions", tokenizer_backend="remote", tokenized_requests=True, num_concurrent=4)
requests = [Instance("loglikelihood", {}, pair, index) for index, pair in enumerate(PAIRS)]
for (context, continuation), (found, is_greedy) in zip(PAIRS, model.loglikelihood(requests)):
    if not context:
        continue
    wanted, greedy = scored(context, continuation)
    assert abs(found - wanted) < 1e-3 * max(1, abs(wanted)), (context, continuation, found, wanted)
    assert is_greedy == greedy, (context, continuation)
    print(f"{context!r} {continuation!r}: {found:.4f}, greedy: {is_greedy}")
