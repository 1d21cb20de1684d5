import Basics
import Measurement
import Sweep

extension ComparisonSide {
    /// Reads llama-bench's JSONL: one test a line, its repetitions in `samples_ns`.
    init(llamaBench file: JSONLinesFile) throws(ReportingError) {
        let results = ["n_prompt", "n_gen", "n_depth", "test_time"]
        try file.checkOneConfiguration { name in
            results.contains(name)
                || ["avg_", "stddev_", "samples_"].contains { name.hasPrefix($0) }
        }
        var tests: [LlamaBenchTest] = []
        var mixed: [String] = []
        for line in file.lines {
            let sizes = 0...Grid.largestValue
            let prompt = try file.integer("n_prompt", in: sizes, of: line)
            let generated = try file.integer("n_gen", in: sizes, of: line)
            let depth =
                line.properties["n_depth"] == nil
                ? 0 : try file.integer("n_depth", in: sizes, of: line)
            let times = try file.positives("samples_ns", of: line)
            switch (prompt, generated) {
            case (0, 0): throw file.malformed("a test without tokens", of: line)
            case (_, 0), (0, _):
                let tokens = prompt + generated
                let test = LlamaBenchTest(
                    kind: generated == 0 ? .prompt : .generation, tokens: tokens, depth: depth,
                    rates: times.map { Double(tokens) * 1e9 / $0 })
                if let known = tests.firstIndex(where: { $0.id == test.id }) {
                    tests[known].rates += test.rates
                } else {
                    tests.append(test)
                }
            default: mixed.append("pp\(prompt)+tg\(generated)")
            }
        }
        self.init(
            path: file.path, source: .llamaBench, cells: tests.map(\.cell),
            facts: [Fact("engine", "llama-bench", .notComparable)]
                + file.facts([("model_filename", "model")]).map {
                    Fact($0.name, Self.modelName($0.value), .refused)
                }
                + file.facts([("model_n_params", "parameters")]).map {
                    Fact($0.name, $0.value, .refused)
                }
                + file.facts([
                    ("model_type", "precision"),
                    ("n_threads", "threads"), ("cpu_info", "CPU model"),
                    ("build_commit", "version"), ("type_k", "kv cache precision"),
                ]))
        self.tests = tests
        notes = [
            Wording(
                en: "llama-bench's pp is taken as prefill tokens/s at batch 1: the prompt's decode "
                    + "call alone, as ours; it samples nothing, so it has no TTFT",
                zh: "llama-bench 的 pp 当作 batch 1 的 prefill tokens/s：与我们一样，只有提示的那次调用；"
                    + "它不采样，所以没有 TTFT"),
            Wording(
                en: "llama-bench's tg is taken as decode tokens/s at batch 1: n steps without "
                    + "sampling; ours are the n − 1 steps after the first token, sampling and "
                    + "booking included",
                zh: "llama-bench 的 tg 当作 batch 1 的 decode tokens/s：n 步，不含采样；我们的是首 token "
                    + "之后的 n − 1 步，包含采样和记录"),
        ]
        notes += mixed.map {
            Wording(
                en: "\($0) mixes prefill and decode in one rate: left out",
                zh: "\($0) 把 prefill 和 decode 混在一个速率里：略去")
        }
    }

    /// The name of a model's file without its folder and the precision, which may be compared.
    private static func modelName(_ path: String) -> String {
        var name = path.split(separator: "/").last ?? ""
        if name.lowercased().hasSuffix(".gguf") { name = name.dropLast(5) }
        if let end = name.lastIndex(where: { "-.".contains($0) }) {
            let last = name[end...].dropFirst().uppercased()
            let isQuantised = last.firstMatch(of: /^I?Q[0-9]/) != nil
            if isQuantised || ["F32", "F16", "FP16", "BF16"].contains(last) { name = name[..<end] }
        }
        return String(name)
    }

    /// Its tests as cells of those shapes, where they do what such a call does.
    ///
    /// A test that stands for none stays a cell of its own.
    func converted(to cells: [ComparedCell]) -> ComparisonSide {
        var used: Set<String> = []
        var result = self
        result.cells = []
        for cell in cells {
            guard let shape = cell.shape else { continue }
            let fitting = tests.filter { $0.stands(for: shape) }
            guard !fitting.isEmpty else { continue }
            var values: [Metric: [Double]] = [:]
            if let prompt = fitting.first(where: { $0.kind == .prompt }) {
                values[.prefill] = prompt.rates
                used.insert(prompt.id)
            }
            let generations = fitting.filter { $0.kind == .generation }
            if let nearest = generations.min(by: {
                abs($0.depth - shape.inputLength) < abs($1.depth - shape.inputLength)
            }) {
                values[.decode] = nearest.rates
                used.formUnion(generations.map(\.id))
                if nearest.depth != shape.inputLength {
                    result.notes.append(
                        Wording(
                            en: "\(nearest.id) starts after \(nearest.depth) tokens of context, "
                                + "\(cell.id) after \(shape.inputLength): run llama-bench with "
                                + "-d \(shape.inputLength)",
                            zh: "\(nearest.id) 从 \(nearest.depth) 个 token 的上下文之后开始，\(cell.id) "
                                + "从 \(shape.inputLength) 个之后：运行 llama-bench 时加 "
                                + "-d \(shape.inputLength)"))
                }
            }
            result.cells.append(ComparedCell(id: cell.id, shape: shape, values: values))
        }
        result.cells += tests.filter { !used.contains($0.id) }.map(\.cell)
        return result
    }
}
