"""Texts from a seed: Chinese, English, code, emoji, blanks, control characters, marks, digits, ends of lines."""

import random
import sys
import unicodedata

ENGLISH = (
    "the of and to in that it is was for on are as with his they at be this from have or by one had not but what all were "
    "when we there can an your which their said if do will each about how up out them then she many some so these would "
    "inference benchmark throughput latency tokenizer quantisation Transformer attention GPU don't I'm we've they'll it's "
    "he'd you're O'Neill WE'LL DON'T Straße naïve façade coöperate Ångström résumé"
).split()
# Common words and sentences that use them; single characters besides, so that sentences differ.
CHINESE = (
    "我们 你们 他们 今天 明天 模型 推理 性能 测试 首个 词元 延迟 吞吐量 输入 输出 长度 批量 大小 浙江 杭州 北京 上海 人工智能 "
    "深度学习 神经网络 语言 中文 英文 混合 文本 服务器 内存 带宽 线程 处理器 编译 安装 环境 变量 运行 脚本 下载 权重 转换 "
    "春眠不觉晓 处处闻啼鸟 的 了 是 在 和 有 不 这 就 也 都 而 及 与 把 被 让 对 从 到 会 能 要 说 看 想 请 问 可以 因为 所以"
).split()
CODE = [
    "def f(x):\n    return x**2  # comment", "for (int i = 0; i < n; ++i) {\n\t\ta[i] += b[i];\n\t}", "if x >= 10 && y != 3 {",
    "let span = bytes.extracting(start..<end)", "SELECT * FROM t WHERE a='x' AND b=\"y\";", "<div class=\"a\">&nbsp;</div>",
    "$ pip install -r requirements.txt\r\n", "https://example.org/a/b?c=1&d=%20#e", "{\"key\": [1, 2.5e-3, null], \"s\": \"a\\nb\"}",
    "snake_case camelCase SCREAMING_CASE kebab-case", "x = y if z else w; print(f\"{x!r:>10}\")", "0xdeadbeef 1_000_000 3.14159",
]  # fmt: skip
EMOJI = ["🙂", "👩‍👩‍👧‍👦", "🇨🇳", "👍🏽", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "☃", "🤦🏼‍♂️", "🚀🚀🚀", "㊗️", "🫠"]
BLANKS = [
    " ", "  ", "   ", "        ", "\t", "\t\t", " \t ", "\n", "\n\n\n", "\r\n", "\r\n\r\n", "\r", "\n\r", " \n", "\n ", "  \n  \n ", "\u00a0",
    "\u3000", "\u2003\u2003", "\u2028", "\u0085", "\x0b", "\x0c", "\u1680", "\u202f ", "\u200b", "\ufeff", "\x1c\x1f",
]  # fmt: skip
MARKS = [
    "e\u0301", "A\u030a", "o\u0302\u0301", "n\u0323\u0307", "\u1100\u1161\u11a8", "가\u11a8", "\u0958", "\u212b", "\u2126", "ﬁ", "ſ", "'ſ", "K",
    "क्षि", "ไทย", "שָׁלוֹם", "مُحَمَّد", "が", "か\u3099", "q\u0323\u0307\u0301", "\u0301", "豈", "\u0344", "a\u0315\u0300\u05ae\u0300b", "\u2adc",
]  # fmt: skip
DIGITS = ["0", "7", "42", "2024", "123456789", "3.14", "１２３", "٣٤٥", "²³", "½", "Ⅷ", "①", "一二三", "𝟘𝟙", "९"]
SPECIALS = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|extra_0|>", "<|extra_204|>", "<|extra_205|>", "<|im_start|", "<|", "<<|im_end|>>"]
PUNCTUATION = list("，。！？；：“”（）、《》…—·.,!?;:'\"()[]{}<>/\\|@#$%^&*-_=+~`") + ["'s", "'S", "'re", "'LL", "'tis", "...", "!!!\n", "——"]


def mixed_line(random: random.Random) -> str:
    """A line of a few up to a few dozen pieces of all kinds."""

    def control():
        return chr(random.choice([*range(0x20), 0x7F, *range(0x80, 0xA0)]))

    def any_character():
        while True:
            character = chr(random.choice([random.randrange(0x3000), random.randrange(0x10000), random.randrange(0x110000)]))
            if unicodedata.category(character) not in ("Cs", "Cn"):
                return character

    kinds = [
        (8, lambda: random.choice(ENGLISH)),
        (8, lambda: random.choice(CHINESE)),
        (3, lambda: "".join(chr(random.randrange(0x4E00, 0x9FA6)) for _ in range(random.randint(1, 6)))),
        (2, lambda: random.choice(CODE)),
        (2, lambda: random.choice(EMOJI)),
        (8, lambda: " "),
        (5, lambda: random.choice(BLANKS)),
        (2, control),
        (3, lambda: random.choice(MARKS)),
        (3, lambda: random.choice(DIGITS)),
        (1, lambda: random.choice(SPECIALS)),
        (4, lambda: random.choice(PUNCTUATION)),
        (2, any_character),
        (1, lambda: random.choice("aA0 \n-. 中") * random.randint(2, 300)),
    ]
    weights = [weight for weight, _ in kinds]
    count = random.randint(1, 40)
    return "".join(make() for _, make in random.choices(kinds, weights, k=count))


def mixed_lines(count: int, seed: int = 1) -> list[str]:
    generator = random.Random(seed)
    return [mixed_line(generator) for _ in range(count)]


def every_character() -> list[str]:
    """Each character that this Python knows, beside letters, digits, blanks and itself."""
    lines = []
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) not in ("Cs", "Cn"):
            lines.append(f"a{character}a1{character}1 {character} !{character}{character}\n{character} '{character}")
    return lines


def prose(byte_count: int, seed: int = 1) -> str:
    """Running text, half Chinese and half English by bytes, as users write it."""
    generator = random.Random(seed)
    parts = []
    size = 0
    while size < byte_count:
        if generator.random() < 0.4:
            words = [generator.choice(ENGLISH) for _ in range(generator.randint(6, 18))]
            part = " ".join(words).capitalize() + generator.choice([". ", "? ", ", ", ".\n"])
        else:
            words = [generator.choice(CHINESE) for _ in range(generator.randint(4, 14))]
            part = "".join(words) + generator.choice("，。。！\n")
        parts.append(part)
        size += len(part.encode())
    return "".join(parts)


# Some within others, some of blanks alone, some that a composed text never has.
ADDED = ["<m>", "<n>", "cat", "cats", " ", "\n", "e\u0301!", "<a<m>>", "öä", "__", "中", "<|im_start|>", "12", "\u2003x"]


def added_tokens(round: int) -> list[tuple[str, bool, dict[str, bool]]]:
    """Added tokens, whether each is special, and its options, different from round to round."""
    generator = random.Random(100 + round)

    def options(text):
        flags = {name: generator.random() < 0.4 for name in ("lstrip", "rstrip", "single_word", "normalized")}
        # tokenizers panics where a token takes blanks before it and lies among blanks that are taken already.
        return flags | {"lstrip": flags["lstrip"] and not text[0].isspace()}

    return [(text, generator.random() < 0.4, options(text)) for text in ADDED]


def added_lines(count: int, seed: int) -> list[str]:
    """Lines of added tokens, and of what touches them."""
    generator = random.Random(seed)
    others = ["a", "s", "_", "1", "٣", "²", "é", "\u0301", "\u0338", "\u200d", "🙂", ",", ">", "<", "\u00ad", "字", "\ufeff", *BLANKS]
    return [
        "".join(generator.choice(generator.choice([ADDED, others])) for _ in range(generator.randint(1, 25))) for _ in range(count)
    ]


def tails(count: int, seed: int = 3) -> list[str]:
    """What GGUF files add to Qwen's first tokens, and numbers and marks of which patterns differ; often nothing."""
    generator = random.Random(seed)
    every = ["<tool_call>", "</tool_call>", "<think>", "1234567", "12٣456", "  .b", "$1,000.50", "`x`", " €5", "don't", "'S", "ſ"]
    return ["".join(generator.choices(every, k=generator.randint(0, 4))) for _ in range(count)]
