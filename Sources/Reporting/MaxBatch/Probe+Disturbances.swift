package import Sweep

extension Probe {
    /// What disturbed its run, as one part of a sentence; nil if nothing did, or if that cannot be
    /// told.
    package var disturbanceText: String? {
        let disturbances = Judgement(of: conditions).disturbances.map(\.en)
        return disturbances.isEmpty ? nil : "disturbed: " + disturbances.joined(separator: ", ")
    }

    /// Why it did not pass, and what disturbed it; nil if there is nothing to say.
    package var remark: String? {
        let parts = [reason, disturbanceText].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}
