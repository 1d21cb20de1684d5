package import Basics
package import Measurement

/// What the documents' published tables say of a cell.
package enum PublishedMetric: String, CaseIterable, Sendable {
    case firstToken = "first_token"
    case nextToken = "next_token"
    case throughput = "e2e"

    /// What the guides call it.
    package var guidesWord: String {
        switch self {
        case .firstToken: "首token耗时"
        case .nextToken: "非首token平均耗时"
        case .throughput: "E2E吞吐"
        }
    }

    /// What the guides mean by it: neither TTFT nor TPOT, which have sampling in them.
    package func definition(_ method: TimingMethod, in language: Language) -> String {
        switch (self, method) {
        case (.firstToken, .detail):
            language(
                en: "the forward pass of step 1, P2 − P1, without sampling",
                zh: "第 1 步的前向，P2 − P1，不含采样")
        case (.nextToken, .detail):
            language(
                en: "the mean forward pass of steps 2…n, without sampling",
                zh: "第 2…n 步前向的平均，不含采样")
        case (.firstToken, .normal):
            language(en: "a whole call of 1 token", zh: "生成 1 个 token 的整个调用")
        case (.nextToken, .normal):
            language(
                en: "(call of n tokens − call of 1 token) / (n − 1)",
                zh: "（n 个 token 的调用 − 1 个 token 的调用）/（n − 1）")
        case (.throughput, .detail):
            language(
                en: "batch × output length / response time", zh: "batch × 输出长度 / 响应时间")
        case (.throughput, .normal):
            language(
                en: "batch × output length / time of the call of n tokens",
                zh: "batch × 输出长度 / n 个 token 的调用的时间")
        }
    }

    /// The title of its column.
    package func title(in language: Language) -> String {
        switch (self, language) {
        case (.firstToken, .zh), (.nextToken, .zh): "\(guidesWord)（ms）"
        case (.throughput, .zh): "\(guidesWord)（token/s）"
        case (.firstToken, .en): "first token (ms)"
        case (.nextToken, .en): "next tokens, mean (ms)"
        case (.throughput, .en): "E2E throughput (token/s)"
        }
    }

    /// The unit as the names of our columns have it.
    package var unit: String { isRate ? "tokens_per_s" : "ms" }

    /// Whether more of it is faster.
    package var isRate: Bool { self == .throughput }
}
