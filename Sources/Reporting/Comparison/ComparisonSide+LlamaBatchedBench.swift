import Basics
import Measurement
import Sweep

extension ComparisonSide {
    /// Reads llama-batched-bench's JSONL: one cell a line, measured once; a cell that occurs again, in
    /// another run whose lines follow, is another repetition.
    init(llamaBatchedBench file: JSONLinesFile) throws(ReportingError) {
        let results = [
            "pp", "tg", "pl", "n_kv", "t_pp", "speed_pp", "t_tg", "speed_tg", "t", "speed",
        ]
        try file.checkOneConfiguration { results.contains($0) }
        // One prompt for all sequences is not the work of a batch of prompts.
        let isShared = ![nil, .integer(0), .bool(false)].contains(
            file.lines[0].properties["is_pp_shared"])
        var cells: [ComparedCell] = []
        for line in file.lines {
            let sizes = 1...Grid.largestValue
            let point = Point(
                batch: try file.integer("pl", in: sizes, of: line),
                inputLength: try file.integer("pp", in: sizes, of: line),
                outputLength: try file.integer("tg", in: sizes, of: line))
            let prefill = try file.positive("speed_pp", of: line)
            let decode = try file.positive("speed_tg", of: line)
            let known = cells.firstIndex { $0.id == point.id }
            if known == nil { cells.append(ComparedCell(id: point.id, shape: point.shape)) }
            let index = known ?? cells.count - 1
            cells[index].values[.decode, default: []].append(decode)
            if !isShared { cells[index].values[.prefill, default: []].append(prefill) }
        }
        self.init(
            path: file.path, source: .llamaBatchedBench, cells: cells,
            facts: [Fact("engine", "llama-batched-bench", .notComparable)]
                + file.facts([("n_threads", "threads")]))
        notes = [
            isShared
                ? Wording(
                    en: "llama-batched-bench's S_PP is left out: its sequences share one prompt",
                    zh: "llama-batched-bench 的 S_PP 略去：它的序列共用一个提示")
                : Wording(
                    en: "llama-batched-bench's S_PP is taken as prefill tokens/s: the prompts of "
                        + "all sequences; it samples nothing, so it has no TTFT",
                    zh: "llama-batched-bench 的 S_PP 当作 prefill tokens/s：所有序列的提示；它不采样，"
                        + "所以没有 TTFT"),
            Wording(
                en: "llama-batched-bench's S_TG is taken as decode tokens/s: batch × n tokens of n "
                    + "steps without sampling; ours are the n − 1 steps after the first token, "
                    + "sampling and booking included",
                zh: "llama-batched-bench 的 S_TG 当作 decode tokens/s：n 步 batch × n 个 token，不含采样；"
                    + "我们的是首 token 之后的 n − 1 步，包含采样和记录"),
        ]
    }
}
