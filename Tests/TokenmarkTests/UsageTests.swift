import Foundation
import Testing

/// Bad usage: exit status 2 and one line that names the value.
@Suite struct UsageTests {
    static let wrong: [(arguments: String, says: String)] = [
        ("sweep --pairs 8x4", "no model"),
        ("sweep --model qwen1.5-0.5b", "no cells"),
        ("sweep --model qwen1.5-9b --pairs 8x4", "qwen1.5-9b"),
        ("sweep --model qwen1.5-0.5b --pairs 512x", "512x"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --batch 0", "0"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --batch ,", "batch"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --batch 8-1", "8-1"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --batch 99999999999999999999", "9999"),
        ("sweep --model qwen1.5-0.5b --input 8", "--output"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --input 8 --output 4", "--pairs"),
        ("sweep --model qwen1.5-0.5b --grid huge", "huge"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --precision fp8", "fp8"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --repetitions 0", "0"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --perf-mode fast", "fast"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --cpus 99999", "99999"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --cpus 99", "99"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --cpus 1-", "1-"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --threads 0", "0"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --threads 5000", "5000"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --numa near", "near"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --numa bind:77", "77"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --isa sse", "sse"),
        ("sweep --model qwen1.5-0.5b --weights x.gguf --pairs 8x4", "exclude each other"),
        ("sweep --weights /no/such/file.gguf --pairs 8x4", "/no/such/file.gguf"),
        ("sweep --model qwen1.5-110b --precision f32 --pairs 8x4", "GiB"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --colour red", "--colour"),
        ("generate --model qwen1.5-0.5b --prompt hello", "--weights"),
        ("generate --weights x.gguf --prompt a --temperature -1", "-1"),
        ("generate --weights x.gguf --prompt a --top-p 2", "2"),
        ("generate --weights x.gguf --prompt a --max-new-tokens 0", "0"),
        ("chat --model qwen1.5-0.5b", "--weights"),
        ("chat --weights /no/such/file.gguf", "/no/such/file.gguf"),
        ("chat --weights x.gguf --max-new-tokens 0", "--max-new-tokens 0"),
        ("models --pair 8", "8"),
        ("models --pair 8x4,8x2", "--pair 8x4,8x2"),
        ("models --pair 0x4", "0x4"),
        ("models --threads 0", "0"),
        ("models --format yaml", "yaml"),
        ("tokenize --weights /no/such/file.gguf hello", "/no/such/file.gguf"),
        ("perplexity --weights x.gguf --text /no/such/text --context 2", "--context 2"),
        ("perplexity --weights /no/such/file.gguf --text x", "/no/such/file.gguf"),
        ("perplexity --model qwen1.5-0.5b --text x", "--weights"),
        ("doctor --threads 0", "0"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --cell-timeout 0", "'0' is invalid"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --report-dir a --resume b", "exclude each other"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --kv-cache fp8", "fp8"),
        ("convert --model qwen1.5-9b --output x", "qwen1.5-9b"),
        ("convert --model qwen1.5-0.5b --output /dev/null", "/dev/null exists"),
        ("convert --model qwen1.5-0.5b --to safetensors --output /dev/null", "/dev/null exists"),
        ("convert --model qwen1.5-0.5b --to torch --output x", "torch"),
        ("convert --model qwen1.5-0.5b --to safetensors --shard-size 5GB --output x", "5GB"),
        ("max-batch --model qwen1.5-0.5b --pairs 8x4 --memory-limit 2GB", "2GB"),
        ("max-batch --model qwen1.5-0.5b --pairs 8x4 --batch-range 9:3", "9:3"),
        ("max-batch --model qwen1.5-0.5b --pairs 8x4 --max-seq-len 10", "--max-seq-len 10"),
        ("max-batch --model qwen1.5-0.5b --pairs 8x4 --tpot-limit-ms -1", "-1"),
        ("max-batch --model qwen1.5-7b --pairs 8x4 --memory-limit 64MiB", "GiB"),
        ("report /no/such/report", "/no/such/report"),
        ("run --config /no/such/config.ini", "/no/such/config.ini"),
        ("history compare --last 3 --database /no/such/history", "--last 3"),
        ("history list --database /no/such/history", "/no/such/history"),
        ("history dance", "dance"),
        ("perplexity --weights x.gguf --text x --context -5", "--context -5"),
        ("perplexity --weights x.gguf --text x --chunks -1", "--chunks -1"),
        ("generate --weights x.gguf --prompt a --seed -1", "'-1'"),
        ("generate --weights x.gguf --prompt a --repetition-penalty -1", "-1"),
        ("generate --weights x.gguf --prompt a --top-p -1", "-1"),
        ("doctor --threads -1", "-1"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --threads -1", "-1"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --repetitions -1", "-1"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --warmup -1", "warmup: \"-1\""),
        ("convert --model qwen1.5-0.5b --to safetensors --shard-size -1 --output x", "'-1'"),
        ("generate --weights Qwen/Qwen2-0.5B --prompt a", "download Qwen/Qwen2-0.5B --local-dir"),
        ("generate --weights qwen2:0.5b --prompt a", "--weights qwen2:0.5b: there is no such"),
        ("generate --weights https://a.b/c.gguf --prompt a", "nothing is downloaded here"),
        ("sweep --resume no-such-report", "--resume no-such-report has no manifest.json"),
        ("dance", "unknown command \"dance\"; see tokenmark --help"),
        ("swep --model x --pairs 8x4", "unknown command \"swep\"; did you mean sweep?"),
        ("history lst", "unknown command \"history lst\"; did you mean history list?"),
        ("sweep --modle x --pairs 8x4", "Did you mean '--model'?"),
        ("sweep --model qwen1.5-0.5b --pairs 8x4 --label branch", "\"branch\" is no label"),
        ("max-batch --model qwen1.5-0.5b --pairs 8x4 --label =x", "is no key of a label"),
        ("run --label a=1 --label a=2", "the label \"a\" comes twice"),
        ("history list --label a --database /no/such/history", "\"a\" is no label"),
        ("history prune --database /no/such/history", "give --keep 20"),
        ("history prune --keep -1 --database /no/such/history", "--keep -1"),
        ("history prune --before then --database /no/such/history", "--before then"),
        ("history export --format html --database /no/such/history", "there is csv, jsonl"),
        ("history list --json --format csv --database /no/such/history", "leave out one of them"),
        ("history plot --metric e2e --svg x --format csv --database x", "leave out --format"),
        ("models --pair 8x4 --pairs 8x4", "the same option"),
        ("models --pairs 8", "8"),
    ]

    @Test(arguments: wrong)
    func isOneLineOnStderr(_ arguments: String, _ says: String) throws {
        let result = try Program.run(arguments.split(separator: " ").map(String.init))
        #expect(result.status == 2, "\(result.error)")
        #expect(result.output == "")
        #expect(result.error.hasPrefix("tokenmark: "))
        #expect(result.error.contains(says), "\(result.error)")
        #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
    }

    @Test func timeitIsZeroOrOne() throws {
        let result = try Program.run(
            ["sweep", "--model", "qwen1.5-0.5b", "--pairs", "8x4"],
            environment: ["TIMEIT": "yes"])
        #expect(result.status == 2 && result.error.contains("TIMEIT=yes"))
    }

    @Test(arguments: [
        "", "sweep", "run", "generate", "tokenize", "perplexity", "report", "compare", "doctor",
        "chat", "models", "convert", "history", "history add", "history list", "history show",
        "history plot", "history compare", "history export", "history prune",
    ])
    func helpGoesToStdoutWithAnExample(_ command: String) throws {
        let result = try Program.run(
            command.split(separator: " ").map(String.init) + ["--help"])
        #expect(result.status == 0)
        #expect(result.output.contains("Example: "))
        #expect(result.error == "")
    }
}
