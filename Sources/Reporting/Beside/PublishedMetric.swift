/// What the documents' published tables say of a cell.
package enum PublishedMetric: String, CaseIterable, Sendable {
    case firstToken = "first_token"
    case nextToken = "next_token"
    case throughput = "e2e"

    /// The title of its column.
    package func title(in language: Language) -> String {
        switch (self, language) {
        case (.firstToken, .zh): "首token耗时（ms）"
        case (.nextToken, .zh): "非首token平均耗时（ms）"
        case (.throughput, .zh): "E2E吞吐（token/s）"
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
