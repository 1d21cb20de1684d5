/// Hands out offsets in one block of memory, each on a cache line of its own.
///
/// Planning with an arena before allocating gives the exact size to compare with the memory there
/// is; the same offsets then address the block.
struct Arena {
    /// Bytes handed out so far; nil after an overflow.
    private(set) var byteCount: Int? = 0

    /// Reserves `factors[0] · factors[1] · …` bytes and returns where they begin.
    ///
    /// After an overflow the offset means nothing and `byteCount` is nil.
    mutating func reserve(_ factors: Int...) -> Int {
        guard let start = byteCount else { return 0 }
        var bytes = 1
        for factor in factors {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: factor)
            guard !overflow else {
                byteCount = nil
                return 0
            }
            bytes = product
        }
        let (end, overflow) = start.addingReportingOverflow(bytes.roundedUp(toMultipleOf: 64))
        byteCount = overflow ? nil : end
        return start
    }
}

extension Int {
    /// The least multiple of `unit` that is not below a non-negative number.
    func roundedUp(toMultipleOf unit: Int) -> Int {
        let remainder = self % unit
        return remainder == 0 ? self : self - remainder + unit
    }
}
