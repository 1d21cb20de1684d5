import Machine
import Testing

@Suite struct UsageLogTests {
    @Test func faultsBetweenMarksAreSeen() throws {
        let log = UsageLog(capacity: 2)
        let region = try MemoryRegion(byteCount: 256 * 4096, policy: .local, topology: .read())
        log.mark()
        for page in 0..<256 {
            region.base.storeBytes(of: 1, toByteOffset: page * 4096, as: UInt8.self)
        }
        log.mark()
        let marks = log.marks
        // 16 where pages are 64 KiB.
        #expect(marks[1].usage.minorFaults - marks[0].usage.minorFaults >= 16)
        #expect(marks[1].nanoseconds > marks[0].nanoseconds)
    }

    @Test func residentBytesAreThoseOfTheProcess() throws {
        let log = UsageLog(capacity: 1)
        log.mark()
        let resident = try #require(log.marks[0].residentBytes)
        let other = try #require(ProcessMemory.current().residentBytes)
        // Other tests run beside this one.
        #expect(resident > other / 4 && resident < other * 4)
    }

    @Test func moreMarksThanThereIsRoomForAreLeftOut() {
        let log = UsageLog(capacity: 1)
        log.mark()
        log.mark()
        #expect(log.marks.count == 1)
    }
}
