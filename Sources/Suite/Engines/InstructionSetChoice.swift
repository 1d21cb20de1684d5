package import Kernels

/// What `--isa` may say.
package enum InstructionSetChoice {
    package static var usableNames: [String] { InstructionSet.usable.map(\.rawValue) }

    /// What there is, each with the reason why this machine cannot run it; nil if it can.
    package static var refusals: [(name: String, refusal: String?)] {
        InstructionSet.allCases.map { ($0.rawValue, $0.refusal) }
    }

    /// The instruction set a name stands for on this machine.
    ///
    /// `avx512` takes VNNI and BF16 where the CPU has them: all are AVX-512.
    ///
    /// - Throws: `UsageError` naming what this machine can run.
    package static func resolve(
        _ name: String, usable: [InstructionSet] = InstructionSet.usable
    ) throws(UsageError) -> InstructionSet {
        let wanted: [InstructionSet]
        switch name {
        case "auto": wanted = usable
        case "scalar": wanted = [.scalar]
        case "avx2": wanted = [.avx2]
        case "avxvnni": wanted = [.avxvnni]
        case "avx512": wanted = [.avx512, .avx512vnni, .avx512bf16]
        case "amx": wanted = [.amx]
        default:
            throw UsageError(
                "--isa \(name) is unknown; choose auto, scalar, avx2, avxvnni, avx512 or amx")
        }
        guard let best = wanted.filter(usable.contains).max() else {
            let names = usable.map(\.rawValue).joined(separator: ", ")
            throw UsageError(
                "--isa \(name): this CPU or its operating system cannot run it; "
                    + "usable here are \(names)")
        }
        return best
    }
}
