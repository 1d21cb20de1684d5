import Basics
import Glibc

/// What the process has used, noted between the steps of a run: some microseconds each, in memory
/// that is there from the beginning.
package final class UsageLog {
    package private(set) var marks: [UsageMark] = []

    private let capacity: Int
    /// `/proc/self/statm`; negative where it cannot be opened.
    private let file: Int32
    private let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))

    /// - Parameter capacity: how many marks there is room for; later ones are left out.
    package init(capacity: Int) {
        self.capacity = capacity
        file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        let usage = ResourceUsage.current()
        // Writing touches the pages.
        marks = Array(
            repeating: UsageMark(nanoseconds: 0, usage: usage, residentBytes: nil), count: capacity)
        marks.removeAll(keepingCapacity: true)
    }

    deinit {
        if file >= 0 { close(file) }
    }

    /// Notes this moment.
    package func mark() {
        guard marks.count < capacity else { return }
        marks.append(
            UsageMark(
                nanoseconds: Clock.now(), usage: .current(),
                residentBytes: residentBytes))
    }

    /// The second number of the file, in pages (proc(5)).
    private var residentBytes: Int? {
        guard file >= 0 else { return nil }
        return withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { buffer in
            let count = pread(file, buffer.baseAddress, buffer.count, 0)
            guard count > 0 else { return nil }
            var pages = 0
            var field = 0
            for byte in buffer.prefix(count) {
                if byte == UInt8(ascii: " ") {
                    field += 1
                } else if field == 1, 48...57 ~= byte {
                    pages = pages &* 10 &+ Int(byte - 48)
                }
            }
            return field >= 1 ? pages &* pageBytes : nil
        }
    }
}

/// What the process had used at one moment of a run.
package struct UsageMark: Equatable, Sendable {
    /// Of `CLOCK_MONOTONIC`.
    package let nanoseconds: UInt64
    package let usage: ResourceUsage
    /// nil where the kernel does not tell.
    package let residentBytes: Int?

    package init(nanoseconds: UInt64, usage: ResourceUsage, residentBytes: Int?) {
        self.nanoseconds = nanoseconds
        self.usage = usage
        self.residentBytes = residentBytes
    }
}
