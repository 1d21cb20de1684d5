import Kernels
import Testing

/// One fast kernel table beside its scalar definition.
struct KernelCase: CustomTestStringConvertible, Sendable {
    let table: KernelTable
    let scalar: KernelTable

    /// Every pair this CPU can run, the scalar ones too: they must agree with plain arithmetic.
    static let all = cases(of: [.f32, .bf16])

    /// The same for whole numbers.
    static let integers = cases(of: [.int8, .int4])

    private static func cases(of elements: [Element]) -> [KernelCase] {
        InstructionSet.usable.flatMap { cases(of: elements, on: $0) }
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
        "\(table.instructionSet.rawValue) \(table.element.rawValue)"
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
