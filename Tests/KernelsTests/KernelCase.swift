import CKernels
import Kernels
import Testing
import TileEmulator

/// One fast kernel table beside its scalar definition.
struct KernelCase: CustomTestStringConvertible, Sendable {
    let table: KernelTable
    let scalar: KernelTable
    var isEmulated = false
    var isExact = false

    /// Every pair this CPU can run, the scalar ones too: they must agree with plain arithmetic.
    static let all = cases(of: [.f32, .bf16])

    /// The same for whole numbers.
    static let integers = cases(of: [.int8, .int4])

    private static func cases(of elements: [Element]) -> [KernelCase] {
        InstructionSet.usable.flatMap { cases(of: elements, on: $0) }
            + elements.compactMap(emulated) + elements.compactMap(exact)
    }

    /// The table with the BF16 dot product where this CPU is faster without it.
    private static func exact(_ element: Element) -> KernelCase? {
        guard element == .bf16, let table = KernelTable(exactly: .avx512bf16, element),
            let scalar = KernelTable(.scalar, element)
        else { return nil }
        return KernelCase(table: table, scalar: scalar, isExact: true)
    }

    /// The AMX kernels without the instructions, where the rest of them can run.
    private static func emulated(_ element: Element) -> KernelCase? {
        let codes: [Element: ck_element] = [
            .f32: CK_F32, .bf16: CK_BF16, .int8: CK_INT8, .int4: CK_INT4,
        ]
        guard InstructionSet.avx512bf16.isUsable, let code = codes[element],
            let address = emulated_amx_kernels(code), let scalar = KernelTable(.scalar, element)
        else { return nil }
        let table = KernelTable(address: address, instructionSet: .amx, element: element)
        return KernelCase(table: table, scalar: scalar, isEmulated: true)
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
        (isEmulated ? "emulated " : isExact ? "exactly " : "")
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
