#if canImport(Glibc)
internal import Glibc
#endif

/// Log-n attention of Qwen v1 (`modeling_qwen.py` of Qwen-7B).
enum LogNAttention {
    /// The factor of a query at a 1-based position: log(p) / log(T) for p beyond the trained length
    /// T, otherwise 1.
    ///
    /// It follows the rotation.
    static func scale(position: Int, trainedLength: Int) -> Float {
        guard position > trainedLength else { return 1 }
        return Float(log(Double(position)) / log(Double(trainedLength)))
    }
}
