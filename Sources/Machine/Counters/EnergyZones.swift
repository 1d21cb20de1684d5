/// The counters of energy that the machine shows: RAPL's, of Intel's and AMD's CPUs, in
/// `/sys/class/powercap`, or those of AMD's driver `amd_energy` in `/sys/class/hwmon`.
///
/// Files: the kernel's `Documentation/power/powercap/powercap.rst` and, up to Linux 5.12,
/// `Documentation/hwmon/amd_energy.rst`.
struct EnergyZones {
    struct Zone {
        /// `package-0`, `package-0/dram`.
        let name: String
        /// The file of microjoules.
        let path: String
        /// The microjoules after which the counter begins anew at 0; nil if it never does.
        let range: UInt64?

        /// The microjoules from one reading to a later one, between which it began anew once at most;
        /// nil where it went back and its range is not known.
        func microjoules(from earlier: UInt64, to later: UInt64) -> UInt64? {
            if later >= earlier { return later - earlier }
            guard let range, range >= earlier else { return nil }
            return (range - earlier) &+ later
        }
    }

    let zones: [Zone]

    private static let directory = "sys/class/powercap"
    private let files: SystemFiles

    init(files: SystemFiles) {
        self.files = files
        let zones = Self.powercap(files)
        self.zones = zones.isEmpty ? Self.sensors(files) : zones
    }

    /// Why there is no zone.
    var unknown: String { "\(files.absolute(Self.directory)) has none" }

    /// The microjoules of each zone since its counter began; nil where it cannot be read.
    func read() -> [UInt64?] {
        zones.map { zone in files.text(zone.path).flatMap { UInt64($0) } }
    }

    /// Why a zone cannot be read.
    ///
    /// Linux lets only root read these files since 2020 (CVE-2020-8694).
    func unknown(_ zone: Zone) -> String {
        let path = files.absolute(zone.path)
        if !files.exists(zone.path) { return "no such file: \(path)" }
        return files.isReadable(zone.path)
            ? "\(path) holds no number" : "no permission to read \(path)"
    }

    /// The joules of each zone after `earlier` and up to `later`, then those of all together, and,
    /// if tokens were made, for each of them.
    ///
    /// A counter that began anew did so once: at 100 W a package's takes 40 minutes.
    func counts(from earlier: [UInt64?], to later: [UInt64?], tokens: Int?) -> [Count] {
        guard !zones.isEmpty else {
            return [Count("energy", scope: "machine", unit: "J", value: nil, note: unknown)]
        }
        var counts: [Count] = []
        var parts: [Double?] = []
        for (index, zone) in zones.enumerated() {
            let (joules, note) = joules(of: zone, from: earlier[index], to: later[index])
            counts.append(Count("energy", scope: zone.name, unit: "J", value: joules, note: note))
            if isPart(ofTotal: zone) { parts.append(joules) }
        }
        let known = parts.compactMap { $0 }
        let isKnown = !parts.isEmpty && known.count == parts.count
        let total = isKnown ? known.reduce(0, +) : nil
        let note = isKnown ? nil : "the energy of a package or its memory is not known"
        counts.append(Count("energy", scope: "machine", unit: "J", value: total, note: note))
        if let tokens, tokens > 0 {
            counts.append(
                Count(
                    "energy_per_token", scope: "machine", unit: "J/token",
                    value: total.map { $0 / Double(tokens) }, note: note))
        }
        return counts
    }

    private func joules(
        of zone: Zone, from earlier: UInt64?, to later: UInt64?
    ) -> (Double?, note: String?) {
        guard let earlier, let later else { return (nil, unknown(zone)) }
        guard let used = zone.microjoules(from: earlier, to: later) else {
            return (nil, "the counter went back, and its range is not known")
        }
        return (Double(used) / 1e6, nil)
    }

    /// Whether a zone's energy is in no other's: a package holds its cores and its graphics, and not
    /// its memory; `psys` holds the packages.
    private func isPart(ofTotal zone: Zone) -> Bool {
        !zone.name.hasPrefix("psys") && (!zone.name.contains("/") || zone.name.hasSuffix("/dram"))
    }

    private static func powercap(_ files: SystemFiles) -> [Zone] {
        var zones: [Zone] = []
        for package in files.numbers(in: directory, prefix: "intel-rapl:") {
            let top = zone(at: "\(directory)/intel-rapl:\(package)", below: nil, files)
            zones.append(top)
            for part in files.numbers(in: directory, prefix: "intel-rapl:\(package):") {
                zones.append(
                    zone(
                        at: "\(directory)/intel-rapl:\(package):\(part)", below: top.name, files))
            }
        }
        return zones
    }

    private static func zone(at path: String, below top: String?, _ files: SystemFiles) -> Zone {
        let last = path.split(separator: "/").last.map(String.init) ?? path
        let name = files.text("\(path)/name") ?? last
        return Zone(
            name: top.map { "\($0)/\(name)" } ?? name,
            path: "\(path)/energy_uj",
            range: files.text("\(path)/max_energy_range_uj").flatMap { UInt64($0) })
    }

    private static func sensors(_ files: SystemFiles) -> [Zone] {
        let directory = "sys/class/hwmon"
        var zones: [Zone] = []
        for sensor in files.numbers(in: directory, prefix: "hwmon") {
            let path = "\(directory)/hwmon\(sensor)"
            guard files.text("\(path)/name") == "amd_energy" else { continue }
            // Sockets and cores have one each, and a socket's holds those of its cores.
            for index in 1...1024 {
                guard let label = files.text("\(path)/energy\(index)_label") else { break }
                if label.hasPrefix("Esocket") {
                    zones.append(
                        Zone(name: label, path: "\(path)/energy\(index)_input", range: nil))
                }
            }
        }
        return zones
    }
}
