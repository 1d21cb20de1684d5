import Kernels
import Suite
import Testing

@testable import tokenmark

@Suite struct InstructionSetChoiceTests {
    /// A client without AVX-512, one with, and what a server adds.
    @Test(arguments: [
        ([InstructionSet.scalar, .avx2], InstructionSet.avx2),
        ([.scalar, .avx2, .avxvnni], .avxvnni),
        ([.scalar, .avx2, .avxvnni, .avx512, .avx512vnni], .avx512vnni),
    ])
    func autoTakesTheFastest(_ usable: [InstructionSet], _ best: InstructionSet) throws {
        #expect(try InstructionSetChoice.resolve("auto", usable: usable) == best)
    }

    @Test func avx2IsAVX2AloneWhereThereIsMore() throws {
        let usable: [InstructionSet] = [.scalar, .avx2, .avxvnni, .avx512]
        #expect(try InstructionSetChoice.resolve("avx2", usable: usable) == .avx2)
        #expect(try InstructionSetChoice.resolve("avxvnni", usable: usable) == .avxvnni)
        #expect(throws: UsageError.self) {
            try InstructionSetChoice.resolve("avxvnni", usable: [.scalar, .avx2])
        }
    }
}
