package import Basics
import Measurement

/// What two reports are compared by: one value a repetition.
package enum Metric: String, CaseIterable, Sendable {
    case ttft = "ttft_ms"
    case tpot = "tpot_ms"
    case output = "e2e_tokens_per_s"
    case prefill = "prefill_tokens_per_s"
    case decode = "decode_tokens_per_s"

    /// As a heading has it.
    package func title(in language: Language) -> String {
        switch self {
        case .ttft: "TTFT"
        case .tpot: "TPOT"
        case .output: language(en: "output", zh: "吞吐")
        case .prefill: "prefill"
        case .decode: "decode"
        }
    }

    package var unit: String {
        switch self {
        case .ttft, .tpot: "ms"
        case .output, .prefill, .decode: "tokens/s"
        }
    }

    /// Whether less of it is faster.
    var isTime: Bool {
        switch self {
        case .ttft, .tpot: true
        case .output, .prefill, .decode: false
        }
    }

    /// Its value of one repetition; nil if the repetition has none.
    func value(of sample: Sample) -> Double? {
        switch self {
        case .ttft: sample.ttft
        case .tpot: sample.tpot
        case .output: sample.outputRate
        case .prefill: sample.prefillRate
        case .decode: sample.decodeRate
        }
    }
}
