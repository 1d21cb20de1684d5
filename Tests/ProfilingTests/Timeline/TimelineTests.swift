import Foundation
import Measurement
import Testing

@testable import Profiling

@Suite struct TimelineTests {
    private static func usage(
        _ nanoseconds: UInt64, faults: Int = 10, switches: Int = 5, bytes: Int? = 4096
    ) -> UsagePoint {
        UsagePoint(
            nanoseconds: nanoseconds, minorFaults: faults, majorFaults: 1, voluntarySwitches: 7,
            involuntarySwitches: switches, residentBytes: bytes)
    }

    private static func text(_ timeline: Timeline) -> String {
        var text = ""
        timeline.write(to: &text)
        return text
    }

    @Test func smallCallIsThisTrace() {
        // One thread of the two, and one step.
        var spans = Array(SmallCall.spans.prefix(2))
        spans[1].layer = nil
        var operators = SmallCall.operators
        operators[1].name = "mlp \"\\\u{1}"
        let recording = Recording(
            shape: SmallCall.shape, threadCount: 1, operators: operators,
            steps: [SmallCall.steps[0]], passes: [SmallCall.passes[0]], spans: spans,
            droppedSpans: 3)
        let timeline = Timeline(
            recording,
            usage: [Self.usage(900), Self.usage(4600, faults: 12, switches: 6, bytes: nil)])
        let golden = #"""
            {"displayTimeUnit":"ns","otherData":{"batch":2,"input_length":4,"output_length":2,"dropped_spans":3},"traceEvents":[
            {"ph":"M","pid":1,"tid":0,"name":"process_name","args":{"name":"tokenmark"}},
            {"ph":"M","pid":1,"tid":0,"name":"thread_name","args":{"name":"main thread"}},
            {"ph":"M","pid":1,"tid":0,"name":"thread_sort_index","args":{"sort_index":0}},
            {"ph":"M","pid":1,"tid":1,"name":"thread_name","args":{"name":"worker 0"}},
            {"ph":"M","pid":1,"tid":1,"name":"thread_sort_index","args":{"sort_index":1}},
            {"ph":"X","pid":1,"tid":0,"ts":0.100,"dur":3.500,"name":"prefill","cat":"step","args":{"step":0}},
            {"ph":"X","pid":1,"tid":0,"ts":0.100,"dur":0.100,"name":"pre","cat":"step","args":{"step":0}},
            {"ph":"X","pid":1,"tid":0,"ts":0.200,"dur":3.000,"name":"forward","cat":"step","args":{"step":0}},
            {"ph":"X","pid":1,"tid":0,"ts":3.200,"dur":0.400,"name":"post","cat":"step","args":{"step":0}},
            {"ph":"X","pid":1,"tid":0,"ts":0.250,"dur":2.850,"name":"pass","cat":"pass","args":{"step":0}},
            {"ph":"X","pid":1,"tid":1,"ts":0.300,"dur":1.000,"name":"qkv","cat":"operator","args":{"step":0,"layer":0}},
            {"ph":"X","pid":1,"tid":1,"ts":1.300,"dur":0.300,"name":"barrier","cat":"barrier","args":{"step":0,"layer":0}},
            {"ph":"X","pid":1,"tid":1,"ts":1.600,"dur":1.500,"name":"mlp \"\\\u0001","cat":"operator","args":{"step":0}},
            {"ph":"C","pid":1,"tid":0,"ts":0.100,"name":"tokens/s","args":{"value":571428.5714285715}},
            {"ph":"C","pid":1,"tid":0,"ts":0.000,"name":"resident memory (bytes)","args":{"value":4096}},
            {"ph":"i","s":"t","pid":1,"tid":0,"ts":3.700,"name":"minor page faults","cat":"usage","args":{"count":2}},
            {"ph":"i","s":"t","pid":1,"tid":0,"ts":3.700,"name":"involuntary context switches","cat":"usage","args":{"count":1}}
            ]}

            """#
        #expect(Self.text(timeline) == golden)
    }

    /// The rules of the format: every event has its phase and track, complete events have times that
    /// are not negative, and the slices of a track lie in each other or beside each other.
    @Test func slicesOfATrackNest() throws {
        let text = Self.text(Timeline(SmallCall.recording, usage: [Self.usage(900)]))
        let trace = try JSONDecoder().decode(TraceFile.self, from: Data(text.utf8))
        for track in 0...2 {
            var open: [(start: Int, end: Int)] = []
            var slices: [(start: Int, end: Int)] = []
            for event in trace.traceEvents where event.ph == "X" && event.tid == track {
                let start = Self.nanoseconds(event.ts)
                slices.append((start, start + Self.nanoseconds(event.dur)))
            }
            // A slice before those that begin with it.
            slices.sort { $0.start == $1.start ? $0.end > $1.end : $0.start < $1.start }
            for slice in slices {
                while let last = open.last, last.end <= slice.start { open.removeLast() }
                if let last = open.last { #expect(slice.end <= last.end) }
                open.append(slice)
            }
            #expect(slices.count == [10, 8 - 1, 8 - 2][track])
        }
        let names = trace.traceEvents.filter { $0.name == "thread_name" }.map(\.tid)
        #expect(names == [0, 1, 2])
    }

    @Test(arguments: [
        (0, "0.000"), (7, "0.007"), (42, "0.042"), (999, "0.999"), (1000, "1.000"),
        (1_234_567_890_123, "1234567890.123"),
    ])
    func microsecondsHaveThreeDecimals(nanoseconds: Int, text: String) {
        #expect(Timeline.microseconds(UInt64(nanoseconds)) == text)
    }

    private struct TraceFile: Decodable {
        struct Event: Decodable {
            let ph: String
            let pid: Int
            let tid: Int
            let name: String
            let ts: Double?
            let dur: Double?
        }

        let traceEvents: [Event]
    }

    private static func nanoseconds(_ microseconds: Double?) -> Int {
        Int(((microseconds ?? -1) * 1000).rounded())
    }
}
