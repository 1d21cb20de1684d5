/// The frequency of the cores that threads ran on.
enum CoreFrequency {
    /// From what a thread's clocks counted in a span of time.
    ///
    /// frequency = tsc / time · aperf / mperf, as `Bzy_MHz` of turbostat(8); nil if one is missing.
    static func hertz(_ counts: [Count]) -> Double? {
        func value(_ name: String) -> Double? { counts.first { $0.name == name }?.value }
        guard let tsc = value("tsc"), let aperf = value("aperf"), let mperf = value("mperf"),
            let time = value("time_enabled"), time > 0, mperf > 0
        else { return nil }
        return tsc / (time / 1e9) * aperf / mperf
    }
}
