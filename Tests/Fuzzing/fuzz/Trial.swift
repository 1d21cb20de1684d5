import Fuzzer
import Glibc

/// What is done with one input.
enum Trial {
    /// What a reader may hold for each byte of its input, and beside that.
    private static let heldPerByte = 64
    private static let heldBeside = 64 << 20

    private static let reader: Reader = {
        let name = getenv("TOKENMARK_READER").map { String(cString: $0) } ?? ""
        guard let reader = Reader(rawValue: name) else {
            let known = Reader.allCases.map(\.rawValue).joined(separator: " ")
            fatalError("TOKENMARK_READER='\(name)' is none of: \(known)")
        }
        return reader
    }()

    private static let scratch = Scratch()

    static let run: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 = { data, size in
        let input = Input(UnsafeRawBufferPointer(start: data, count: size))
        watch(heldPerByte * size + heldBeside)
        defer { leave() }
        attempt { try reader.read(input, in: scratch) }
        return 0
    }

    /// Any error will do: it is what bad input should give.
    static func attempt(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            _ = "\(error)"
        }
    }
}
