/// One value of a GGUF file's metadata.
package enum GGUFValue: Equatable, Sendable {
    case integer(Int)
    /// An unsigned number above `Int.max`, which no key of ours means to have.
    case huge(UInt64)
    case number(Double)
    case boolean(Bool)
    case text(String)
    case integers([Int])
    case numbers([Double])
    case booleans([Bool])
    case texts([String])
}

/// Reads the fields of a GGUF file one after the other, each checked against the bytes there are.
struct GGUFReader {
    let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - offset }

    func failure(_ problem: String) -> QwenError {
        .invalidGGUF(offset: offset, problem: problem)
    }

    mutating func integer<T: FixedWidthInteger>(
        _ type: T.Type, _ field: @autoclosure () -> String
    ) throws(QwenError) -> T {
        let size = MemoryLayout<T>.size
        guard remaining >= size else { throw failure("the file ends in \(field())") }
        let value = bytes.loadUnaligned(fromByteOffset: offset, as: T.self)
        offset += size
        return T(littleEndian: value)
    }

    /// A count or length: a 64-bit number that must fit what is left of the file.
    mutating func count(
        eachAtLeast minimumBytes: Int, _ field: @autoclosure () -> String
    ) throws(QwenError) -> Int {
        let start = offset
        let value = try integer(UInt64.self, field())
        guard value <= UInt64(remaining / minimumBytes) else {
            offset = start
            throw failure("\(field()) is \(value), more than the file has room for")
        }
        return Int(value)
    }

    mutating func text(_ field: @autoclosure () -> String) throws(QwenError) -> String {
        let length = try count(eachAtLeast: 1, "the length of \(field())")
        let text = String(
            decoding: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]),
            as: UTF8.self)
        offset += length
        return text
    }

    mutating func value(of key: String) throws(QwenError) -> GGUFValue {
        let code = try integer(UInt32.self, "the type of \(key)")
        guard let type = GGUFValueType(rawValue: code) else {
            throw failure("\(key) has the unknown type \(code)")
        }
        if type == .array { return try array(of: key) }
        return try single(type, key)
    }

    private mutating func single(
        _ type: GGUFValueType, _ key: String
    ) throws(QwenError) -> GGUFValue {
        switch type {
        case .uint8: .integer(Int(try integer(UInt8.self, key)))
        case .int8: .integer(Int(try integer(Int8.self, key)))
        case .uint16: .integer(Int(try integer(UInt16.self, key)))
        case .int16: .integer(Int(try integer(Int16.self, key)))
        case .uint32: .integer(Int(try integer(UInt32.self, key)))
        case .int32: .integer(Int(try integer(Int32.self, key)))
        case .int64: .integer(Int(try integer(Int64.self, key)))
        case .uint64: Self.unsigned(try integer(UInt64.self, key))
        case .float32: .number(Double(Float(bitPattern: try integer(UInt32.self, key))))
        case .float64: .number(Double(bitPattern: try integer(UInt64.self, key)))
        case .bool: .boolean(try boolean(key))
        case .string: .text(try text(key))
        case .array: throw failure("\(key) is an array of arrays, which no key of ours is")
        }
    }

    private mutating func array(of key: String) throws(QwenError) -> GGUFValue {
        let code = try integer(UInt32.self, "the element type of \(key)")
        guard let type = GGUFValueType(rawValue: code) else {
            throw failure("\(key) is an array of the unknown type \(code)")
        }
        guard type != .array else {
            throw failure("\(key) is an array of arrays, which no key of ours is")
        }
        let count = try count(eachAtLeast: type.minimumByteCount, "the length of \(key)")
        switch type {
        case .string:
            var values: [String] = []
            values.reserveCapacity(count)
            for index in 0..<count { values.append(try text("\(key)[\(index)]")) }
            return .texts(values)
        case .bool:
            var values: [Bool] = []
            values.reserveCapacity(count)
            for _ in 0..<count { values.append(try boolean(key)) }
            return .booleans(values)
        case .float32, .float64:
            var values: [Double] = []
            values.reserveCapacity(count)
            for _ in 0..<count {
                if case .number(let value) = try single(type, key) { values.append(value) }
            }
            return .numbers(values)
        default:
            var values: [Int] = []
            values.reserveCapacity(count)
            for index in 0..<count {
                guard case .integer(let value) = try single(type, key) else {
                    throw failure("\(key)[\(index)] is larger than any number of ours")
                }
                values.append(value)
            }
            return .integers(values)
        }
    }

    private mutating func boolean(_ key: String) throws(QwenError) -> Bool {
        let byte = try integer(UInt8.self, key)
        guard byte <= 1 else { throw failure("\(key) is a truth value of \(byte)") }
        return byte == 1
    }

    private static func unsigned(_ value: UInt64) -> GGUFValue {
        Int(exactly: value).map { .integer($0) } ?? .huge(value)
    }
}

/// The codes that GGUF gives the types of values.
enum GGUFValueType: UInt32 {
    case uint8 = 0
    case int8 = 1
    case uint16 = 2
    case int16 = 3
    case uint32 = 4
    case int32 = 5
    case float32 = 6
    case bool = 7
    case string = 8
    case array = 9
    case uint64 = 10
    case int64 = 11
    case float64 = 12

    /// The least bytes one value takes in the file.
    var minimumByteCount: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64, .string: 8
        case .array: 12
        }
    }
}
