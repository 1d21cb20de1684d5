"""Conversations from a seed, as a chat template is given them."""

import json
import pathlib
import random
import sys

sys.path.append(str(pathlib.Path(__file__).parent.parent / "tokenizer"))
import texts

MARKS = [
    "<|im_end|>", "<|im_start|>user", "</think>", "<think>\nhm\n</think>\n\n", "<tool_response>", "{{ messages }}", "{% endfor %}", "'", '"',
    "\\", "\\n", "\n", "\n\n", " ", "  \t", "<|eot_id|>", "a & b < c", "None", "{\"a\": [1, 2.5e-7, null]}", "\u2028", "\x1f", "\x85", "ΑΣ", "ﬁ",
]  # fmt: skip
NAMES = ["get_weather", "search", "add", "brave_search", "f", "read_file", "呼ぶ"]
KEYS = ["city", "days", "unit", "query", "a", "items", "values", "名前", "flag", "type"]


def text(draw: random.Random) -> str:
    kind = draw.random()
    if kind < 0.08:
        return ""
    if kind < 0.45:
        return " ".join(draw.choice(texts.ENGLISH) for _ in range(draw.randint(1, 12))) + draw.choice([".", "?", "\n", " "])
    if kind < 0.7:
        return "".join(draw.choice(MARKS + texts.EMOJI + texts.CHINESE[:20]) for _ in range(draw.randint(1, 8)))
    return texts.mixed_line(draw)


def value(draw: random.Random, depth: int = 0):
    kind = draw.randrange(9 if depth < 3 else 6)
    if kind < 2:
        return text(draw)
    if kind == 2:
        return draw.choice([0, 1, -7, 42, 10**12])
    if kind == 3:
        return draw.choice([0.5, 1.0, -2.25, 1e-7, 1e16, 123456.789, 1e22, 5e-324])
    if kind < 6:
        return draw.choice([True, False, None])
    if kind == 6:
        return [value(draw, depth + 1) for _ in range(draw.randint(0, 3))]
    return {draw.choice(KEYS): value(draw, depth + 1) for _ in range(draw.randint(0, 3))}


def tool(draw: random.Random) -> dict:
    names = draw.sample(KEYS, draw.randint(0, 3))
    properties = {}
    for name in names:
        properties[name] = {"type": draw.choice(["string", "integer", "number", "boolean", "array", "object"])}
        if draw.random() < 0.7:
            properties[name]["description"] = text(draw)
        if draw.random() < 0.2:
            properties[name]["enum"] = ["a", "b'c", 3]
        if draw.random() < 0.2:
            properties[name]["default"] = value(draw)
    function = {
        "name": draw.choice(NAMES),
        "description": text(draw),
        "parameters": {"type": "object", "properties": properties, "required": names[:1]},
    }
    if draw.random() < 0.2:
        function["return"] = {"type": "string"}
    return {"type": "function", "function": function}


def tool_call(draw: random.Random) -> dict:
    arguments = {draw.choice(KEYS): value(draw) for _ in range(draw.randint(0, 3))}
    function = {"name": draw.choice(NAMES), "arguments": json.dumps(arguments) if draw.random() < 0.15 else arguments}
    call = {"type": "function", "function": function}
    if draw.random() < 0.3:
        call["id"] = "call_" + str(draw.randrange(100))
    return call


def answer(draw: random.Random) -> dict:
    message = {"role": "assistant", "content": text(draw)}
    if draw.random() < 0.3:
        message["content"] = f"<think>\n{text(draw)}\n</think>\n\n{text(draw)}"
    if draw.random() < 0.15:
        message["reasoning_content"] = draw.choice([text(draw), None])
    return message


def turn(draw: random.Random, takes_tools: bool) -> list[dict]:
    messages = [{"role": "user", "content": text(draw)}]
    if takes_tools and draw.random() < 0.6:
        call = {"role": "assistant", "content": draw.choice(["", text(draw), None])}
        call["tool_calls"] = [tool_call(draw) for _ in range(draw.choice([1, 1, 1, 2]))]
        messages.append(call)
        for _ in call["tool_calls"]:
            result = draw.choice([text(draw), text(draw), value(draw)])
            messages.append({"role": "tool", "content": result, "name": call["tool_calls"][0]["function"]["name"]})
    messages.append(answer(draw))
    return messages


def conversation(draw: random.Random) -> dict:
    """The variables of one rendering."""
    takes_tools = draw.random() < 0.5
    messages = []
    if draw.random() < 0.5:
        messages.append({"role": "system", "content": text(draw)})
    for _ in range(draw.randint(0, 3)):
        messages += turn(draw, takes_tools)
    if draw.random() < 0.7 or not messages:
        messages.append({"role": "user", "content": text(draw)})
    if draw.random() < 0.04:
        draw.shuffle(messages)
    if draw.random() < 0.03:
        messages.append({"role": draw.choice(["system", "ipython", "function"]), "content": text(draw)})
    if draw.random() < 0.03:
        messages[-1].pop("content")
    if draw.random() < 0.03:
        messages[-1]["content"] = [{"type": "text", "text": text(draw)}]
    context = {
        "messages": messages,
        "tools": [tool(draw) for _ in range(draw.randint(1, 3))] if takes_tools else None,
        "documents": None,
        "bos_token": "<|begin|>",
        "eos_token": "<|end|>",
    }
    if draw.random() < 0.9:
        context["add_generation_prompt"] = draw.random() < 0.6
    for name, share in [("enable_thinking", 0.5), ("tools_in_user_message", 0.2)]:
        if draw.random() < share:
            context[name] = draw.random() < 0.5
    if draw.random() < 0.1:
        context["date_string"] = "27 Nov 2024"
    if draw.random() < 0.1:
        context["builtin_tools"] = draw.sample(["code_interpreter", "brave_search", "f"], draw.randint(0, 3))
    if draw.random() < 0.05:
        context["custom_tools"] = [tool(draw)]
    if draw.random() < 0.1:
        del context["tools"]
    return context


def conversations(count: int, seed: int) -> list[dict]:
    draw = random.Random(seed)
    return [conversation(draw) for _ in range(count)]
