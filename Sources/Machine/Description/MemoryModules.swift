/// The modules of memory and the channels they are on, as the firmware's tables or the kernel's
/// error detection (`Documentation/driver-api/edac.rst`) show them.
struct MemoryModules {
    let modules: [MemoryModule]?
    let channelCount: Int?
    /// Why one of them is nil.
    let unknown: String?

    init(files: SystemFiles) {
        let edac = Self.edac(files)
        let dmi = Self.dmi(files)
        // Only the firmware knows speeds, only the kernel channels.
        modules = dmi ?? edac?.modules
        channelCount = edac?.channels
        let tables = files.absolute(Self.dmiDirectory)
        if modules == nil {
            let state = files.exists(Self.dmiDirectory) ? "is for root only" : "does not exist"
            unknown = "\(tables) \(state), and no driver of error detection (EDAC) is loaded"
        } else if channelCount == nil {
            unknown = "no driver of error detection (EDAC) is loaded"
        } else {
            unknown = nil
        }
    }

    private static let dmiDirectory = "sys/firmware/dmi/entries"

    private static func dmi(_ files: SystemFiles) -> [MemoryModule]? {
        let modules = files.numbers(in: dmiDirectory, prefix: "17-").compactMap { index in
            files.bytes("\(dmiDirectory)/17-\(index)/raw").flatMap { MemoryModule(dmi: $0) }
        }
        return modules.isEmpty ? nil : modules
    }

    private static func edac(_ files: SystemFiles) -> (modules: [MemoryModule], channels: Int?)? {
        let directory = "sys/devices/system/edac/mc"
        var modules: [MemoryModule] = []
        var channels: Set<String> = []
        for controller in files.numbers(in: directory, prefix: "mc") {
            let path = "\(directory)/mc\(controller)"
            for index in files.numbers(in: path, prefix: "dimm") {
                guard let mebibytes = files.integer("\(path)/dimm\(index)/size"),
                    (1..<1 << 40).contains(mebibytes)
                else { continue }
                modules.append(MemoryModule(byteCount: mebibytes << 20, megatransfers: nil))
                // channel 1 slot 0
                let words =
                    files.text("\(path)/dimm\(index)/dimm_location")?
                    .split(separator: " ") ?? []
                if words.count >= 2, words[0] == "channel" {
                    channels.insert("\(controller):\(words[1])")
                }
            }
        }
        return modules.isEmpty ? nil : (modules, channels.isEmpty ? nil : channels.count)
    }
}
