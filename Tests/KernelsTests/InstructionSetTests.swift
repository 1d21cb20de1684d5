import Kernels
import Testing

@Suite struct InstructionSetTests {
    @Test func scalarRunsEverywhereAndComesFirst() {
        #expect(InstructionSet.usable.first == .scalar)
        #expect(InstructionSet.usable.contains(InstructionSet.best))
    }

    @Test(arguments: InstructionSet.allCases)
    func tablesExistExactlyWhereTheCPUCanRunThem(_ instructionSet: InstructionSet) {
        for element in Element.allCases {
            let table = KernelTable(instructionSet, element)
            #expect((table != nil) == instructionSet.isUsable)
            #expect(table.map { $0.element == element } ?? true)
        }
    }
}
