import CKernels
import Kernels
import PortableKernels
import Testing
import TileEmulator

/// One fast kernel table beside its scalar definition.
struct KernelCase: CustomTestStringConvertible, Sendable {
    let table: KernelTable
    let scalar: KernelTable
    /// What stands in for the instructions: `emulated` tiles, or `portable` C for all of them.
    let standIn: String?

    /// Every pair this CPU can run, the scalar ones too: they must agree with plain arithmetic.
    ///
    /// And those of AVX-512 and AMX in portable C, on every CPU.
    static let all = cases(of: [.f32, .bf16])

    /// The same for whole numbers.
    static let integers = cases(of: [.int8, .int4])

    private static func cases(of elements: [Element]) -> [KernelCase] {
        InstructionSet.usable.flatMap { cases(of: elements, on: $0) }
            + elements.compactMap(emulated) + elements.flatMap(portable)
            + elements.compactMap(exact)
    }

    /// The table with the BF16 dot product where this CPU is faster without it.
    private static func exact(_ element: Element) -> KernelCase? {
        guard element == .bf16, let table = KernelTable(exactly: .avx512bf16, element),
            let scalar = KernelTable(.scalar, element)
        else { return nil }
        return KernelCase(table: table, scalar: scalar, standIn: "exactly")
    }

    private static let codes: [Element: ck_element] = [
        .f32: CK_F32, .bf16: CK_BF16, .int8: CK_INT8, .int4: CK_INT4,
    ]

    /// The AMX kernels without the instructions, where the rest of them can run.
    private static func emulated(_ element: Element) -> KernelCase? {
        guard InstructionSet.avx512bf16.isUsable, let code = codes[element],
            let address = emulated_amx_kernels(code)
        else { return nil }
        return KernelCase(address, .amx, element, standIn: "emulated")
    }

    private static func portable(_ element: Element) -> [KernelCase] {
        let sets: [(InstructionSet, ck_isa)] = [
            (.avx512, CK_ISA_AVX512), (.avx512vnni, CK_ISA_AVX512_VNNI),
            (.avx512bf16, CK_ISA_AVX512_BF16), (.amx, CK_ISA_AMX),
        ]
        return sets.compactMap { instructionSet, isa in
            codes[element].flatMap { portable_kernels(isa, $0) }.flatMap {
                KernelCase($0, instructionSet, element, standIn: "portable")
            }
        }
    }

    /// A table that the dispatcher does not know.
    private init?(
        _ address: UnsafePointer<ck_kernels>, _ instructionSet: InstructionSet, _ element: Element,
        standIn: String
    ) {
        guard let scalar = KernelTable(.scalar, element) else { return nil }
        self.scalar = scalar
        self.standIn = standIn
        table = KernelTable(address: address, instructionSet: instructionSet, element: element)
    }

    private init(table: KernelTable, scalar: KernelTable, standIn: String? = nil) {
        self.table = table
        self.scalar = scalar
        self.standIn = standIn
    }

    private static func cases(
        of elements: [Element], on instructionSet: InstructionSet
    ) -> [KernelCase] {
        elements.compactMap { element in
            guard let table = KernelTable(instructionSet, element),
                let scalar = KernelTable(.scalar, element)
            else { return nil }
            return KernelCase(table: table, scalar: scalar)
        }
    }

    var element: Element { table.element }

    var testDescription: String {
        (standIn.map { $0 + " " } ?? "")
            + "\(table.instructionSet.rawValue) \(table.element.rawValue)"
    }

    /// Half a unit in the last place of the element, relative.
    var rounding: Float {
        switch element {
        case .f32: 0x1p-24
        default: 0x1p-8
        }
    }

    /// `values` rounded to the element.
    func narrowed(_ values: [Float]) -> ElementBuffer {
        let buffer = ElementBuffer(element, count: values.count)
        scalar.narrow(values, scale: 1, count: values.count, into: buffer.base)
        return buffer
    }
}
