import Basics
import Measurement
import Sweep

extension Manifest {
    /// One line, as above `tables.md`.
    package var title: String { "\(engine.model) · \(engine.precision) · \(engine.device)" }

    /// What a report states of itself beside others.
    var circumstances: [Circumstance: String] {
        [
            .model: engine.model, .precision: engine.precision, .hardware: hardware,
            .software: software, .method: "perf_mode=\(grid.method.rawValue)",
        ]
    }

    /// What else a reader should know before comparing, one line each.
    var caveats: [Wording] {
        var caveats: [Wording] = []
        if let unfinished { caveats.append(unfinished) }
        if sections["weights"]?["origin"] == .string("random") {
            caveats.append(
                Wording(
                    en: "the weights are random: times depend on shapes, not on their values",
                    zh: "权重是随机的：时间取决于形状，不取决于数值"))
        }
        return caveats
    }

    /// That the sweep did not end; nil if it did.
    var unfinished: Wording? {
        guard status != .completed else { return nil }
        return Wording(
            en: "the sweep did not end: it is \(status.rawValue)",
            zh: "测试没有结束：\(status.word(in: .zh))")
    }

    /// The processor and how much of it; the kind of device where that is all there is to say.
    private var hardware: String {
        var parts = [engine.device]
        if let model = sections["machine"]?["cpu_model"], model != .null { parts = [model.brief] }
        if grid.settings[.threads].isEmpty, let threads = sections["execution"]?["threads"] {
            parts.append("\(threads.brief) threads")
        }
        return parts.joined(separator: ", ")
    }

    /// A debug build is another program, as far as times go.
    private var software: String {
        "\(engine.engine) \(toolVersion)" + (buildConfiguration == "debug" ? ", debug build" : "")
    }
}
