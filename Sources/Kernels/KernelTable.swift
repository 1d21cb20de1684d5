internal import CKernels

/// The kernels of one instruction set for one element: the Swift face of `ck_kernels`.
///
/// A table is a value to pass down, not a global: tests hold one for every instruction set, and a
/// report says which one ran. Every method may be called from any thread.
public struct KernelTable: Sendable {
    /// The instructions that the kernels use.
    public let instructionSet: InstructionSet
    /// The element of weights and activations.
    public let element: Element

    // Points to a constant table that lives as long as the program and is never written.
    nonisolated(unsafe) private let table: UnsafePointer<ck_kernels>

    /// The table of a pair, or nil where this CPU cannot run the instruction set.
    public init?(_ instructionSet: InstructionSet, _ element: Element) {
        guard let table = ck_kernels_for(instructionSet.code, element.code) else { return nil }
        self.instructionSet = instructionSet
        self.element = element
        self.table = table
    }

    /// The table whose products use the instructions of the set, even if this CPU is faster without
    /// some of them; nil as above.
    package init?(exactly instructionSet: InstructionSet, _ element: Element) {
        guard let table = ck_kernels_of(instructionSet.code, element.code) else { return nil }
        self.instructionSet = instructionSet
        self.element = element
        self.table = table
    }

    /// A table that the dispatcher does not know, such as the emulated ones of the tests.
    ///
    /// - Parameter address: of a `ck_kernels` that lives as long as the program.
    package init(
        address: UnsafeRawPointer, instructionSet: InstructionSet, element: Element
    ) {
        self.instructionSet = instructionSet
        self.element = element
        table = address.assumingMemoryBound(to: ck_kernels.self)
    }

    /// Whether products that are asked to widen int4 weights to int8 first do so.
    public var widens: Bool { table.pointee.widens }

    /// Computes the panels of `range`.
    ///
    /// For `swiGLU` both bounds are even.
    @inline(__always)
    public func multiply(_ product: Product, panels range: Range<Int>) {
        withUnsafePointer(to: product.arguments) { arguments in
            table.pointee.matmul(arguments, range.lowerBound, range.upperBound)
        }
    }

    /// `result[i] = x[i] / sqrt(mean(x²) + epsilon) · weight[i]`, as elements.
    @inline(__always)
    public func normalize(
        _ x: UnsafePointer<Float>,
        weight: UnsafePointer<Float>,
        count: Int,
        epsilon: Float,
        into result: UnsafeMutableRawPointer
    ) {
        table.pointee.rms_norm(x, weight, count, epsilon, result)
    }

    /// Rotates one head of `2 · half` numbers in place, half rotation.
    @inline(__always)
    public func rotate(
        _ x: UnsafeMutablePointer<Float>,
        cosine: UnsafePointer<Float>,
        sine: UnsafePointer<Float>,
        half: Int
    ) {
        table.pointee.rotate(x, cosine, sine, half)
    }

    /// `result[i] = x[i] · scale`, as elements, rounded to nearest even.
    @inline(__always)
    public func narrow(
        _ x: UnsafePointer<Float>,
        scale: Float,
        count: Int,
        into result: UnsafeMutableRawPointer
    ) {
        table.pointee.narrow(x, scale, count, result)
    }

    /// Attends to blocks of one sequence: overwrites the state of the attention.
    @inline(__always)
    public func attend(_ attention: Attention) {
        withUnsafePointer(to: attention.arguments) { table.pointee.attend($0) }
    }

    /// Merges the state of later blocks into that of earlier ones.
    ///
    /// - Parameter rows: of both.
    @inline(__always)
    public func merge(_ later: AttentionState, into earlier: AttentionState, rows: Int) {
        table.pointee.merge(earlier.arguments, later.arguments, rows)
    }

    /// Index of the largest of `count` numbers, the lowest one among equals; 0 when all are NaN.
    @inline(__always)
    public func indexOfLargest(_ x: UnsafePointer<Float>, count: Int) -> Int {
        table.pointee.largest(x, count)
    }

    /// Does multiply-adds on registers alone, as products do them.
    ///
    /// - Parameter sink: 16 numbers, read and written.
    /// - Returns: multiplications and additions done.
    public func computePeak(rounds: Int, sink: UnsafeMutablePointer<Float>) -> Int {
        Int(table.pointee.peak(UInt64(rounds), sink))
    }

    /// Reads memory as products read weights.
    ///
    /// - Parameter byteCount: a multiple of 256.
    /// - Returns: the exclusive or of its words of 64 bits: no read can be left out.
    public func read(_ bytes: UnsafeRawPointer, byteCount: Int) -> UInt64 {
        table.pointee.read(bytes, byteCount)
    }
}
