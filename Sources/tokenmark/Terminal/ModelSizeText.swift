internal import Qwen
internal import Reporting
internal import Suite
internal import Sweep

extension ModelSize {
    /// The columns of CSV and JSON.
    static func columns(_ pair: LengthPair) -> [Column<ModelSize>] {
        [
            Column("model") { .text($0.model.name) },
            Column("parameters") { .integer($0.model.parameterCount) },
            Column("precision") { .text($0.precision.rawValue) },
            Column("weights", unit: "bytes") { .integer($0.weightBytes) },
            Column("kv_cache_per_token", unit: "bytes") { .integer($0.kvBytesPerToken) },
            Column("input_length") { _ in .integer(pair.input) },
            Column("output_length") { _ in .integer(pair.output) },
            Column("largest_batch") { Value($0.largestBatch) },
            Column("longest_sequence") { Value($0.longestSequence) },
            Column("reason") { Value($0.reason) },
        ]
    }
}

/// The sizes of models as a table for people.
struct ModelSizeText {
    let text: String

    init(_ room: ModelSize.Room, _ sizes: [ModelSize]) {
        let columns: [Column<ModelSize>] = [
            Column("model") { .text($0.model.name) },
            Column("parameters") {
                .text("\(Self.rounded(Double($0.model.parameterCount) / 1e9)) billion")
            },
            Column("precision") { .text($0.precision.rawValue) },
            Column("weights") { .text(Self.gibibytes($0.weightBytes)) },
            Column("KV cache per token") {
                .text("\(Self.rounded(Double($0.kvBytesPerToken) / 1024)) KiB")
            },
            Column("largest batch") { .text($0.largestBatch.map(String.init) ?? "none") },
            Column("longest sequence") { .text($0.longestSequence.map(String.init) ?? "none") },
        ]
        text =
            "\(Self.gibibytes(room.bytes)) of memory; largest batch: of \(room.pair.input) input + "
            + "\(room.pair.output) output tokens each; \(room.workers) threads\n\n"
            + MarkdownTable.text(columns, sizes)
    }

    private static func gibibytes(_ bytes: Int) -> String {
        "\(rounded(Double(bytes) / Double(1 << 30))) GiB"
    }

    private static func rounded(_ value: Double) -> Double {
        (value * 100).rounded() / 100
    }
}
