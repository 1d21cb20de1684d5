/// One module of memory (DIMM).
package struct MemoryModule: Codable, Equatable, Sendable {
    package let byteCount: Int
    /// Millions of transfers a second; nil where it is not told.
    package let megatransfers: Int?

    package init(byteCount: Int, megatransfers: Int?) {
        self.byteCount = byteCount
        self.megatransfers = megatransfers
    }

    /// A memory device of the firmware's table (SMBIOS 3.7, 7.18, type 17); nil for an empty slot
    /// or a table that is cut off.
    init?(dmi table: [UInt8]) {
        func number(_ offset: Int, bytes: Int) -> Int? {
            guard table.count >= 2, offset + bytes <= min(Int(table[1]), table.count) else {
                return nil
            }
            return (0..<bytes).reduce(0) { $0 | Int(table[offset + $1]) << (8 * $1) }
        }
        guard table.first == 17, let size = number(0x0C, bytes: 2), size != 0, size != 0xFFFF
        else { return nil }
        if size == 0x7FFF {
            guard let mebibytes = number(0x1C, bytes: 4) else { return nil }
            byteCount = (mebibytes & 0x7FFF_FFFF) << 20
        } else {
            // The highest bit says that the unit is KiB.
            byteCount = size & 0x8000 == 0 ? size << 20 : (size & 0x7FFF) << 10
        }
        // As it is set, or as it could be; 0 is unknown.
        let speeds = [number(0x20, bytes: 2), number(0x15, bytes: 2)].compactMap { $0 }
        megatransfers = speeds.first { $0 != 0 && $0 != 0xFFFF }
    }
}
